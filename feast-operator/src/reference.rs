//! `docs/operator-commands.md`: all commands and flags.

use clap::CommandFactory as _;

use crate::Arguments;

#[test]
fn the_reference_is_current() {
    let flags = test_support::reference(Arguments::command());
    let text = format!(
        "# Commands of feast-operator\n\nGenerated from `feast-operator --help` by `.ci/generate`. \
         [The guide](operator.md) explains the concepts.\n{flags}"
    );
    test_support::current("docs/operator-commands.md", &text);
}
