//! Standard output.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

/// The output stream of commands.
pub(crate) type Out = BufWriter<Lenient<StdoutLock<'static>>>;

/// Writes to standard output, and reports failures, including those of the last flush.
///
/// If the reader closes it early, the rest is discarded, and the exit code is unaffected.
pub(crate) fn write<T>(write: impl FnOnce(&mut Out) -> io::Result<T>) -> io::Result<T> {
    let mut out = BufWriter::new(Lenient(io::stdout().lock()));
    let result = write(&mut out)?;
    out.flush()?;
    Ok(result)
}

/// A writer that ignores closed readers.
#[derive(Debug)]
pub(crate) struct Lenient<W>(W);

impl<W: Write> Write for Lenient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(bytes.len()),
            result => result,
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.0.flush() {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            result => result,
        }
    }
}
