//! Runs programs with an input.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// Runs a program with an input on its standard input, and returns its output. A program need not
/// read all of it.
pub fn fed(program: &mut Command, input: impl AsRef<[u8]>) -> Output {
    program.stdin(Stdio::piped());
    program.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // It fails if the program has closed its input.
        let _ = stdin.write_all(input.as_ref());
    }
    child.wait_with_output().unwrap()
}
