//! The commands of `tests/cmd` and of the README, run as they stand there.
//!
//! `TRYCMD=overwrite cargo test --package kubectl-feast --test cli` takes what they print now; read
//! the difference.

use std::env;

use trycmd::TestCases;

#[test]
fn commands() {
    TestCases::new().case("tests/cmd/*.trycmd");
    // The README speaks from the workspace's own folder.
    env::set_current_dir("..").expect("the package is in a workspace");
    TestCases::new().case("README.md");
}
