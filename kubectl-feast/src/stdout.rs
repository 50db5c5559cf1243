//! Standard output.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

/// What commands write to.
pub(crate) type Out = BufWriter<Lenient<StdoutLock<'static>>>;

/// Writes to standard output, and says if that fails, up to the last byte.
///
/// Whoever reads it may stop when they have seen enough. The rest is written nowhere then, and the exit
/// code is what it would have been.
pub(crate) fn write<T>(write: impl FnOnce(&mut Out) -> io::Result<T>) -> io::Result<T> {
    let mut out = BufWriter::new(Lenient(io::stdout().lock()));
    let result = write(&mut out)?;
    out.flush()?;
    Ok(result)
}

/// A writer whose reader may go.
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
