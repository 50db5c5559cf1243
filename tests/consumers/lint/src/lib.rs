//! feast-lint alone.

use feast_lint::{Config, Subject, check};
use feast_render::Inputs;

/// The lints of a FeatureStore.
pub fn advice(inputs: &Inputs) -> Vec<String> {
    let report = check(&Subject::new(inputs), &Config::default());
    report.findings.iter().map(|finding| finding.message.clone()).collect()
}
