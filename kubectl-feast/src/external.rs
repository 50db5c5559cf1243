//! As a program that `kubectl diff` runs.

use std::ffi::OsString;
use std::path::Path;

/// The arguments of a command line, the command first.
///
/// kubectl runs what `KUBECTL_EXTERNAL_DIFF` names with its two folders, and puts further words of
/// the variable, such as `diff`, behind them.
pub(crate) fn command_first(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_folder = |name: &OsString| Path::new(name).is_dir();
    if let [_, old, new, command, ..] = &arguments[..]
        && command == "diff"
        && is_folder(old)
        && is_folder(new)
    {
        arguments[1..=3].rotate_right(1);
        // The folders may well hold objects of other kinds alone.
        arguments.push("--allow-empty".into());
    }
    arguments
}
