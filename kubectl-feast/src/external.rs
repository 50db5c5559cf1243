//! Support for `kubectl diff`, which runs this program.

use std::ffi::OsString;
use std::path::Path;

/// The command-line arguments, with the command first.
///
/// kubectl runs the program in `KUBECTL_EXTERNAL_DIFF` with its two folders, followed by further
/// words of the variable, such as `diff`.
pub(crate) fn command_first(mut arguments: Vec<OsString>) -> Vec<OsString> {
    let is_folder = |name: &OsString| Path::new(name).is_dir();
    if let [_, old, new, command, ..] = &arguments[..]
        && command == "diff"
        && is_folder(old)
        && is_folder(new)
    {
        arguments[1..=3].rotate_right(1);
        // The folders may only contain objects of other kinds.
        arguments.push("--allow-empty".into());
    }
    arguments
}
