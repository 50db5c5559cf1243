//! Runs the commands in `tests/cmd` and in the README.
//!
//! `TRYCMD=overwrite cargo test --package kubectl-feast --test cli` updates the output; review the
//! diff.

use std::env;

use trycmd::TestCases;

#[test]
fn commands() {
    TestCases::new().case("tests/cmd/*.trycmd");
    // Commands in the README run in the workspace's root.
    env::set_current_dir("..").expect("the package is in a workspace");
    TestCases::new().case("README.md");
}
