//! Findings, as people read them, and the exit code that they make.

use std::io::{self, Write};
use std::process::ExitCode;

use feast_kube::manifest::{Document, DocumentError};
use feast_validate::{Rejection, Verdict};

use crate::input::Source;

/// Where a finding is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) file: &'a str,
    /// The document's number in the file, from 1.
    pub(crate) document: usize,
    /// The line on which the document starts, or that of the fault if it is known.
    pub(crate) line: usize,
}

impl<'a> Place<'a> {
    pub(crate) fn of(source: &'a Source, document: &Document) -> Self {
        Self {
            file: &source.name,
            document: document.number,
            line: document.line,
        }
    }
}

/// Counts what it is told and writes it down.
#[derive(Debug)]
pub(crate) struct Report<W> {
    out: W,
    errors: usize,
    warnings: usize,
    unreadable: bool,
}

impl<W: Write> Report<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            errors: 0,
            warnings: 0,
            unreadable: false,
        }
    }

    pub(crate) fn error(&mut self, place: Place<'_>, message: &str) -> io::Result<()> {
        self.errors += 1;
        self.finding("error", place, message)
    }

    pub(crate) fn warning(&mut self, place: Place<'_>, message: &str) -> io::Result<()> {
        self.warnings += 1;
        self.finding("warning", place, message)
    }

    /// Everything that the API server says to a document.
    ///
    /// Fields that it drops are errors where validation is strict.
    pub(crate) fn verdict(
        &mut self,
        place: Place<'_>,
        verdict: &Verdict,
        strict: bool,
    ) -> io::Result<()> {
        for violation in verdict
            .rejection()
            .into_iter()
            .flat_map(Rejection::violations)
        {
            self.error(place, &violation.to_string())?;
        }
        let unknown = verdict
            .unknown_fields
            .iter()
            .map(|field| format!("unknown field {field}"));
        let duplicate = verdict
            .duplicate_fields
            .iter()
            .map(|field| format!("duplicate field {field}"));
        for message in unknown.chain(duplicate) {
            if strict {
                self.error(place, &message)?;
            } else {
                self.warning(place, &message)?;
            }
        }
        for warning in &verdict.warnings {
            self.warning(place, warning)?;
        }
        Ok(())
    }

    /// A document that could not be read; the others still are.
    pub(crate) fn document(&mut self, file: &str, error: &DocumentError) -> io::Result<()> {
        let place = Place {
            file,
            document: error.number,
            line: error.line,
        };
        self.error(place, &error.fault.to_string())
    }

    /// A file that could not be read; the others still are.
    pub(crate) fn unreadable(&mut self, message: &str) -> io::Result<()> {
        self.unreadable = true;
        writeln!(io::stderr(), "error: {message}")
    }

    fn finding(&mut self, level: &str, place: Place<'_>, message: &str) -> io::Result<()> {
        let Place {
            file,
            document,
            line,
        } = place;
        writeln!(
            self.out,
            "{level}: {file}:{line} (document {document}): {message}"
        )
    }

    /// One line that says what was found.
    pub(crate) fn summary(&mut self, checked: usize) -> io::Result<()> {
        let checked = count(checked, "FeatureStore");
        if self.errors == 0 && self.warnings == 0 {
            return writeln!(self.out, "{checked} checked: no errors");
        }
        let errors = count(self.errors, "error");
        let warnings = count(self.warnings, "warning");
        writeln!(self.out, "{checked} checked: {errors}, {warnings}")
    }

    /// 2 if a file could not be read, 1 if there are errors, else 0.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match (self.unreadable, self.errors) {
            (true, _) => ExitCode::from(2),
            (false, 0) => ExitCode::SUCCESS,
            (false, _) => ExitCode::from(1),
        }
    }
}

/// `1 error`, `2 errors`.
fn count(number: usize, name: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {name}{plural}")
}
