//! Programs that are run with an input.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

/// What a program prints that gets this on its standard input, and how it ends. One that does not
/// read it all is not waited for.
pub fn fed(program: &mut Command, input: impl AsRef<[u8]>) -> Output {
    program.stdin(Stdio::piped());
    program.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = program.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // It has closed it if it wants no more.
        let _ = stdin.write_all(input.as_ref());
    }
    child.wait_with_output().unwrap()
}
