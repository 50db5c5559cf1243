//! Findings on standard error, for commands with other output.

use std::io;
use std::process::ExitCode;

use crate::color::Color;
use crate::finding::Checked;
use crate::input::Unreadable;
use crate::output::{Form, Output, Summary};

/// Writes findings for people, and determines the exit code.
pub(crate) struct Report {
    output: Box<dyn Output>,
    summary: Summary,
}

impl Report {
    pub(crate) fn new(color: Color) -> io::Result<Self> {
        Ok(Self {
            output: Form::Human.start(Box::new(io::stderr()), color.on_stderr(), false)?,
            summary: Summary::default(),
        })
    }

    pub(crate) fn checked(&mut self, checked: &Checked) -> io::Result<()> {
        self.summary.add(checked);
        self.output.checked(checked)
    }

    pub(crate) fn unreadable(&mut self, error: &Unreadable) -> io::Result<()> {
        self.summary.unreadable += 1;
        self.output.unreadable(&error.0)
    }

    /// 2 if a file could not be read, 1 if there are errors, else 0.
    pub(crate) fn exit_code(&self) -> ExitCode {
        match (self.summary.unreadable, self.summary.errors) {
            (0, 0) => ExitCode::SUCCESS,
            (0, _) => ExitCode::from(1),
            _ => ExitCode::from(2),
        }
    }
}
