//! Objects as YAML or JSON.

use std::io::{self, Write};

use clap::ValueEnum;
use serde::Serialize;

/// Output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// YAML, documents separated by `---`.
    #[default]
    Yaml,
    /// JSON, one object per line.
    Json,
}

pub(crate) fn yaml(object: &impl Serialize) -> io::Result<String> {
    serde_saphyr::to_string(object).map_err(io::Error::other)
}

/// Writes documents, one after the other.
pub(crate) struct Documents<W> {
    out: W,
    format: Format,
    is_first: bool,
}

impl<W: Write> Documents<W> {
    pub(crate) fn new(out: W, format: Format) -> Self {
        Self {
            out,
            format,
            is_first: true,
        }
    }

    pub(crate) fn write(&mut self, object: &impl Serialize) -> io::Result<()> {
        match self.format {
            Format::Json => writeln!(self.out, "{}", serde_json::to_string(object)?),
            Format::Yaml => self.text(&yaml(object)?),
        }
    }

    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        if !self.is_first {
            writeln!(self.out, "---")?;
        }
        self.is_first = false;
        self.out.write_all(text.as_bytes())
    }
}
