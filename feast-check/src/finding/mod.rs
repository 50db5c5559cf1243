//! What is found in a document, and where it stands.
//!
//! [`Finding`], [`Mark`] and [`Checked`] are exhaustive: programs add findings of their own, and write
//! them in forms of their own, in which nothing should be forgotten.

mod checked;
mod excerpt;
mod locator;

use std::fmt;

use feast_lint::Fix;

pub use self::checked::Checked;
pub use self::excerpt::Excerpt;
pub use self::locator::Locator;
use crate::manifest::Span;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Level {
    /// Accepted, but somebody will regret it.
    Warning,
    /// Refused, or accepted and wrong.
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

/// Something to say about a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which kind of finding it is: the name of a rule or a lint, or one of
    /// [`CODES`](crate::codes::CODES).
    pub code: String,
    /// How bad it is.
    pub level: Level,
    /// What is wrong, without the field.
    pub message: String,
    /// The field that it is about, such as `spec.replicas`; empty if it is about none.
    pub field: String,
    /// What to point at, and what to say there.
    pub mark: Option<Mark>,
    /// Other fields that have to do with it.
    pub related: Vec<Mark>,
    /// What to do about it.
    pub help: Vec<String>,
    /// What mends it: [`fix`](crate::fix) makes edits of the text of it.
    pub fix: Option<Fix>,
}

/// A part of a text with something to say about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The part.
    pub span: Span,
    /// What to say; may be empty.
    pub label: String,
}

impl Finding {
    /// A finding about a whole document.
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

    /// The message with the field that it is about.
    pub fn text(&self) -> String {
        if self.field.is_empty() || self.message.contains(&self.field) {
            return self.message.clone();
        }
        format!("{}: {}", self.field, self.message)
    }

    /// What to do about it, without the command that explains it: where a finding is shown, its
    /// explanation may be at hand.
    pub fn advice(&self) -> impl Iterator<Item = &str> {
        let help = self.help.iter().map(String::as_str);
        help.filter(|help| !help.starts_with("see `kubectl feast explain"))
    }

    /// The same about a field.
    #[must_use]
    pub fn at(self, field: impl Into<String>, mark: Mark) -> Self {
        Self {
            field: field.into(),
            mark: Some(mark),
            ..self
        }
    }

    /// The same with what to point at where there is no field to name.
    #[must_use]
    pub fn on(self, mark: Mark) -> Self {
        Self {
            mark: Some(mark),
            ..self
        }
    }

    /// The same with what mends it, if something does.
    #[must_use]
    pub(crate) fn fix(self, fix: Option<Fix>) -> Self {
        Self { fix, ..self }
    }

    /// The same with something more to do about it.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}
