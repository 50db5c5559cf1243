//! The commands of `tests/cmd`, run as they stand there.

#[test]
fn commands() {
    trycmd::TestCases::new().case("tests/cmd/*.trycmd");
}
