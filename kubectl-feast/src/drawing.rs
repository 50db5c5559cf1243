//! The form of a drawing, and where it goes.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;
use std::str::FromStr;

use clap::ValueEnum;

use crate::input::named;
use crate::stdout;

/// Forms of a drawing.
pub(crate) trait Form: Clone + ValueEnum + 'static {
    /// How names of files end, each with the form of what is in them.
    const EXTENSIONS: &'static [(&'static str, Self)];
    /// What is said to anything else.
    const EXPECTED: &'static str;
}

/// Form of a drawing, and where it goes.
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
    /// Whether standard output gets it.
    pub(crate) const fn is_printed(&self) -> bool {
        self.file.is_none()
    }

    /// Writes it where it goes.
    pub(crate) fn write(&self, text: &str) -> io::Result<()> {
        match &self.file {
            Some(file) => fs::write(file, text).map_err(|error| named(file, &error)),
            None => stdout::write(|out| out.write_all(text.as_bytes())),
        }
    }
}
