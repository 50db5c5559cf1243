//! Forms in which findings are written.

mod github;
mod human;
mod json;
mod junit;
mod sarif;
mod tap;

use std::io::{self, Write};

use clap::ValueEnum;

use crate::color::Color;
use crate::finding::{Checked, Level};
use crate::input::Unreadable;

/// Form of the findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// For people: with the lines in question.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions, which annotate a change.
    Github,
    /// JUnit XML: a test case for each FeatureStore.
    Junit,
    /// The Test Anything Protocol: a test for each FeatureStore.
    Tap,
}

/// Takes down findings in some form.
pub(crate) trait Output {
    /// A document with something to say about it, or a FeatureStore with nothing.
    fn checked(&mut self, checked: &Checked) -> io::Result<()>;

    /// A file that could not be read.
    fn unreadable(&mut self, error: &Unreadable) -> io::Result<()>;

    /// The end.
    fn finish(&mut self, summary: &Summary) -> io::Result<()>;
}

impl Form {
    /// Starts writing.
    pub(crate) fn start<'w>(
        self,
        out: Box<dyn Write + 'w>,
        color: Color,
    ) -> io::Result<Box<dyn Output + 'w>> {
        Ok(match self {
            Self::Human => Box::new(human::Human::new(out, color)),
            Self::Json => Box::new(json::Json::start(out)?),
            Self::Sarif => Box::new(sarif::Sarif::start(out)?),
            Self::Github => Box::new(github::Github::new(out)),
            Self::Junit => Box::new(junit::Junit::new(out)),
            Self::Tap => Box::new(tap::Tap::start(out)?),
        })
    }
}

/// What was found, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Summary {
    /// FeatureStores that were checked.
    pub(crate) feature_stores: usize,
    pub(crate) errors: usize,
    pub(crate) warnings: usize,
    /// Files that could not be read.
    pub(crate) unreadable: usize,
}

impl Summary {
    pub(crate) fn add(&mut self, checked: &Checked) {
        self.feature_stores += usize::from(checked.feature_store.is_some());
        self.errors += checked.count(Level::Error);
        self.warnings += checked.count(Level::Warning);
    }
}

/// One line.
impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            feature_stores,
            errors,
            warnings,
            unreadable,
        } = *self;
        write!(f, "{} checked: ", count(feature_stores, "FeatureStore"))?;
        match (errors, warnings) {
            (0, 0) => write!(f, "no errors")?,
            _ => write!(
                f,
                "{}, {}",
                count(errors, "error"),
                count(warnings, "warning")
            )?,
        }
        if unreadable > 0 {
            write!(f, "; {} not read", count(unreadable, "file"))?;
        }
        Ok(())
    }
}

/// `1 error`, `2 errors`.
pub(crate) fn count(number: usize, name: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {name}{plural}")
}
