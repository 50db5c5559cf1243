//! Annotations that suppress lints on one FeatureStore.

use std::cell::Cell;

use apimachinery::FieldPath;
use feast_api::v1::FeatureStore;

use crate::config::{Config, is_known};
use crate::finding::{Finding, Findings, Report, Suppressed};
use crate::lint::{Level, Lint};
use crate::lints::{
    self, SUPPRESSION_OF_UNKNOWN, SUPPRESSION_WITHOUT_EFFECT, SUPPRESSION_WITHOUT_REASON,
};

/// The prefix of annotations that suppress a lint; followed by the name of the lint or group. The
/// value is the reason.
///
/// ```yaml
/// metadata:
///   annotations:
///     allow.lint.feast.dev/hpa-minimum-of-one: nights are quiet
/// ```
pub const ANNOTATION_PREFIX: &str = "allow.lint.feast.dev/";

/// An annotation that suppresses a lint.
#[derive(Debug)]
struct Suppression<'a> {
    name: &'a str,
    reason: &'a str,
    used: Cell<bool>,
}

/// The annotations of a FeatureStore that suppress lints.
#[derive(Debug)]
pub(crate) struct Suppressions<'a>(Vec<Suppression<'a>>);

impl<'a> Suppressions<'a> {
    pub(crate) fn of(store: &'a FeatureStore) -> Self {
        let annotations = store.metadata.annotations.iter().flatten();
        let suppression = |(name, reason): (&'a String, &'a String)| {
            Some(Suppression {
                name: name.strip_prefix(ANNOTATION_PREFIX)?,
                reason: reason.trim(),
                used: Cell::new(false),
            })
        };
        Self(annotations.filter_map(suppression).collect())
    }

    /// Adds a finding to the report or to the suppressed findings.
    pub(crate) fn sort(&self, finding: Finding, report: &mut Report) {
        match self.covering(finding.lint) {
            None => report.findings.push(finding),
            Some(suppression) => {
                suppression.used.set(true);
                let reason = suppression.reason.to_owned();
                report.suppressed.push(Suppressed { finding, reason });
            }
        }
    }

    /// The lint's own annotation, or else its group's. An annotation without a reason is ignored.
    fn covering(&self, lint: &Lint) -> Option<&Suppression<'a>> {
        let named = |name| {
            let mut all = self.0.iter();
            all.find(|suppression| suppression.name == name && !suppression.reason.is_empty())
        };
        named(lint.name).or_else(|| named(lint.group.name()))
    }

    /// Findings about the annotations themselves.
    pub(crate) fn findings(&self, config: &Config) -> Vec<Finding> {
        let mut findings = Vec::new();
        for suppression in &self.0 {
            let Some((lint, message)) = suppression.fault(config) else {
                continue;
            };
            let level = config.level(lint);
            if level == Level::Allow {
                continue;
            }
            let mut found = Findings::new(lint, level);
            let annotation = format!("{ANNOTATION_PREFIX}{}", suppression.name);
            found.add(
                FieldPath::of("metadata.annotations").key(annotation),
                message,
            );
            findings.extend(found.into_vec());
        }
        findings
    }
}

impl Suppression<'_> {
    fn fault(&self, config: &Config) -> Option<(&'static Lint, String)> {
        let name = self.name;
        if !is_known(name) {
            let message = format!("unknown lint or group `{name}`");
            return Some((&SUPPRESSION_OF_UNKNOWN, message));
        }
        if self.reason.is_empty() {
            let message = format!("the suppression of `{name}` has no reason and is ignored");
            return Some((&SUPPRESSION_WITHOUT_REASON, message));
        }
        let is_looked_for = lints::find(name).is_none_or(|lint| config.level(lint) != Level::Allow);
        (!self.used.get() && is_looked_for).then(|| {
            let message = format!("`{name}` has no findings to suppress");
            (&SUPPRESSION_WITHOUT_EFFECT, message)
        })
    }
}
