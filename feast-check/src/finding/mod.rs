//! Findings and their positions.
//!
//! [`Finding`], [`Mark`] and [`Checked`] are exhaustive: programs create their own findings and
//! write them in their own formats, which should not miss a field.

mod checked;
mod excerpt;
mod locator;

use std::fmt;

use feast_lint::Fix;

pub use self::checked::Checked;
pub use self::excerpt::Excerpt;
pub use self::locator::Locator;
use crate::manifest::Span;

/// The level of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Accepted, but likely to cause trouble.
    Warning,
    /// Rejected, or accepted and wrong.
    Error,
}

impl Level {
    /// `warning` or `error`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A finding on a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Its code: the name of a rule or a lint, or one of [`CODES`](crate::codes::CODES).
    pub code: String,
    /// Its level.
    pub level: Level,
    /// The problem, without the field.
    pub message: String,
    /// The field, such as `spec.replicas`; empty if it concerns none.
    pub field: String,
    /// The position to point at, with a label.
    pub mark: Option<Mark>,
    /// Related fields.
    pub related: Vec<Mark>,
    /// What to do about it.
    pub help: Vec<String>,
    /// The fix: [`fix`](crate::fix) turns it into edits of the text.
    pub fix: Option<Fix>,
}

/// A labelled range of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The range.
    pub span: Span,
    /// The label; may be empty.
    pub label: String,
}

impl Finding {
    /// Creates a finding on a whole document.
    pub fn new(code: impl Into<String>, level: Level, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            level,
            message: message.into(),
            field: String::new(),
            mark: None,
            related: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// The message with the field.
    pub fn text(&self) -> String {
        if self.field.is_empty() || self.message.contains(&self.field) {
            return self.message.clone();
        }
        format!("{}: {}", self.field, self.message)
    }

    /// The help, without the command that explains the finding, for programs that show the
    /// explanation themselves.
    pub fn advice(&self) -> impl Iterator<Item = &str> {
        let help = self.help.iter().map(String::as_str);
        help.filter(|help| !help.starts_with("see `kubectl feast explain"))
    }

    /// Sets the field.
    #[must_use]
    pub fn at(self, field: impl Into<String>, mark: Mark) -> Self {
        Self {
            field: field.into(),
            mark: Some(mark),
            ..self
        }
    }

    /// Sets the position, if no field is named.
    #[must_use]
    pub fn on(self, mark: Mark) -> Self {
        Self {
            mark: Some(mark),
            ..self
        }
    }

    /// Sets the fix, if there is one.
    #[must_use]
    pub(crate) fn fix(self, fix: Option<Fix>) -> Self {
        Self { fix, ..self }
    }

    /// Adds help.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
