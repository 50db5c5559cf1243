//! `docs/commands.md`: all commands and flags.

use clap::CommandFactory as _;

use crate::Cli;

#[test]
fn the_reference_is_current() {
    let flags = test_support::reference(Cli::command());
    let text = format!(
        "# Commands\n\nGenerated from `kubectl feast --help` by `.ci/generate`. [The command \
         line](command-line.md) explains the concepts.\n{flags}"
    );
    test_support::current("docs/commands.md", &text);
}
