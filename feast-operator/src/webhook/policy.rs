//! What lints mean to the webhook.

use std::collections::BTreeMap;

use feast_lint::{Config, Finding, Group, Level, Lint, Report};

/// Which lints are heard, and which of them refuse a FeatureStore.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    config: Config,
    refused: Vec<String>,
}

/// No lint, nor a group of them, has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no lint or group is called {0:?}; `kubectl feast explain lints` lists them")]
pub struct UnknownLint(pub String);

impl Policy {
    /// A policy that refuses FeatureStores for the first lints or groups, says nothing of the
    /// second, and warns of all others.
    ///
    /// # Errors
    ///
    /// A name that no lint and no group has.
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
        // Whoever is to be heard is not silent by its group or by default.
        lints.extend(level(refused, Level::Warn));
        Ok(Self {
            config: Config {
                lints,
                ..Config::default()
            },
            refused: refused.to_vec(),
        })
    }

    /// The levels of the lints.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// What a FeatureStore is refused for, and what is said of it otherwise. An annotation suppresses
    /// a finding of the second kind alone: whoever writes a FeatureStore does not choose what it is
    /// refused for.
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

    /// Whether a FeatureStore is refused for what a lint found.
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
