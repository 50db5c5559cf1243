//! Format and destination of a drawing.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

use crate::input::named;
use crate::stdout;

/// Formats of a drawing.
pub(crate) trait Form: Clone + ValueEnum + 'static {
    /// File extensions, each with its format.
    const EXTENSIONS: &'static [(&'static str, Self)];
    /// The error message for other values.
    const EXPECTED: &'static str;
}

/// Format and destination of a drawing.
#[derive(Clone, Debug)]
pub(crate) struct Drawing<F> {
    pub(crate) form: F,
    file: Option<PathBuf>,
}

impl<F: Form> FromStr for Drawing<F> {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(form) = F::from_str(text, false) {
            return Ok(Self { form, file: None });
        }
        let file = PathBuf::from(text);
        let extension = file.extension().and_then(|extension| extension.to_str());
        let mut forms = F::EXTENSIONS.iter();
        let form = forms.find(|(known, _)| Some(*known) == extension);
        let (_, form) = form.ok_or(F::EXPECTED)?;
        Ok(Self {
            form: form.clone(),
            file: Some(file),
        })
    }
}

impl<F> Drawing<F> {
    /// Whether it goes to standard output.
    pub(crate) const fn is_printed(&self) -> bool {
        self.file.is_none()
    }

    /// Writes it to its destination.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        match &self.file {
            Some(file) => fs::write(file, text).map_err(|error| named(file, &error)),
            None => stdout::write(|out| out.write_all(text.as_bytes())),
        }
    }
}
