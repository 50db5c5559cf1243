//! The commands of the README and of `tests/cmd`, run as they stand there.
//!
//! `TRYCMD=overwrite cargo test --test cli` takes what they print now; read the difference.

#[test]
fn commands() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("tests/cmd/*.trycmd");
}
