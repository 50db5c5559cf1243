//! What the commands read: files, or standard input for `-`.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// A text and where it comes from.
#[derive(Debug)]
pub(crate) struct Source {
    /// Name for messages.
    pub(crate) name: String,
    pub(crate) text: String,
}

/// Reads one source.
///
/// # Errors
///
/// What could not be read, with its name.
pub(crate) fn read(path: &Path) -> Result<Source, String> {
    let (name, bytes) = if path == Path::new("-") {
        let mut bytes = Vec::new();
        let read = io::stdin().lock().read_to_end(&mut bytes);
        ("<stdin>".to_owned(), read.map(|_| bytes))
    } else {
        (path.display().to_string(), fs::read(path))
    };
    let bytes = bytes.map_err(|error| format!("{name}: {}", reason(&error)))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..valid]
            .split(|byte| *byte == b'\n')
            .skip(1)
            .count();
        format!("{name}: not UTF-8 (line {line})")
    })?;
    Ok(Source { name, text })
}

/// The reason alone, without the operating system's number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file".to_owned(),
        io::ErrorKind::IsADirectory => "is a directory: name the files in it".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

/// The sources that a command names.
#[derive(Debug, clap::Args)]
pub(crate) struct Files {
    /// YAML or JSON files, or `-` for standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}
