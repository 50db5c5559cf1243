//! Output formats of findings, as arguments.

use std::env;
use std::io::{self, Write};

use clap::ValueEnum;
use feast_check::format::{self, Repository};
pub(crate) use feast_check::format::{Format as Output, Summary};

use crate::color::Color;
use crate::repository;

/// Output format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Form {
    /// Text with the source lines.
    #[default]
    Human,
    /// One JSON object.
    Json,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// GitHub Actions workflow commands, which annotate a pull request.
    Github,
    /// JUnit XML: a test case for each FeatureStore.
    Junit,
    /// The Test Anything Protocol: a test for each FeatureStore.
    Tap,
}

impl Form {
    /// Starts the output.
    pub(crate) fn start<'w>(
        self,
        out: Box<dyn Write + 'w>,
        color: Color,
        quiet: bool,
    ) -> io::Result<Box<dyn Output + 'w>> {
        let form = match self {
            Self::Human => format::Form::Human,
            Self::Json => format::Form::Json,
            Self::Sarif => format::Form::Sarif,
            Self::Github => format::Form::Github,
            Self::Junit => format::Form::Junit,
            Self::Tap => format::Form::Tap,
        };
        let style = format::Style {
            color: color.is_on(),
            repository: current_repository(),
            quiet,
        };
        form.start(out, style)
    }
}

/// The repository of the current folder.
fn current_repository() -> Option<Repository> {
    let current = env::current_dir().ok()?;
    let root = repository::root(&current)?;
    Some(Repository::new(root.to_str()?, current.to_str()?))
}
