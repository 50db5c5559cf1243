//! How the webhook treats lints.

use std::collections::BTreeMap;

use feast_lint::{Config, Finding, Group, LINTS, Level, Lint, Report};

/// Which lints are checked, and which of them reject a FeatureStore.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    config: Config,
    refused: Vec<String>,
    /// Whether all lints are off.
    is_silent: bool,
}

/// The name is neither a lint nor a group of lints.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown lint or group {0:?}: `kubectl feast explain lints` lists them")]
pub struct UnknownLint(pub String);

impl Policy {
    /// A policy that rejects FeatureStores for the first lints or groups, ignores the second, and
    /// warns about all others.
    ///
    /// # Errors
    ///
    /// A name is neither a lint nor a group.
    pub fn new(refused: &[String], allowed: &[String]) -> Result<Self, UnknownLint> {
        let unknown = refused.iter().chain(allowed).find(|name| !is_known(name));
        if let Some(name) = unknown {
            return Err(UnknownLint(name.clone()));
        }
        let level = |names: &[String], level| {
            names
                .iter()
                .map(|name| (name.clone(), level))
                .collect::<BTreeMap<_, _>>()
        };
        let mut lints = level(allowed, Level::Allow);
        // A lint that rejects must not be disabled by its group or by default.
        lints.extend(level(refused, Level::Warn));
        let config = Config {
            lints,
            ..Config::default()
        };
        let mut levels = LINTS.iter().map(|lint| config.level(lint));
        Ok(Self {
            is_silent: levels.all(|level| level == Level::Allow),
            config,
            refused: refused.to_vec(),
        })
    }

    /// The levels of the lints.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Whether all lints are off, so that a review needs no rendering.
    pub(super) fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// The findings that reject a FeatureStore, and the others. An annotation only suppresses the
    /// latter: the author of a FeatureStore must not disable rejections.
    pub(super) fn sort(&self, report: Report) -> (Vec<Finding>, Vec<Finding>) {
        let suppressed = report.suppressed.into_iter();
        let suppressed = suppressed.map(|suppressed| suppressed.finding);
        let (mut refused, warned): (Vec<_>, Vec<_>) = report
            .findings
            .into_iter()
            .partition(|finding| self.refuses(finding.lint));
        refused.extend(suppressed.filter(|finding| self.refuses(finding.lint)));
        (refused, warned)
    }

    /// Whether findings of a lint reject a FeatureStore.
    pub fn refuses(&self, lint: &Lint) -> bool {
        let names = [lint.name, lint.group.name()];
        self.refused
            .iter()
            .any(|refused| names.contains(&refused.as_str()))
    }
}

fn is_known(name: &str) -> bool {
    feast_lint::find(name).is_some() || Group::ALL.iter().any(|group| group.name() == name)
}
