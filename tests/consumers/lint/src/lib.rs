//! Advice alone.

use feast_api::v1::FeatureStore;
use feast_lint::{Config, Subject, check};
use feast_render::Inputs;

/// What users of a FeatureStore would regret.
pub fn advice(fs: &FeatureStore) -> Vec<String> {
    let report = check(&Subject::new(fs, &Inputs::default()), &Config::default());
    report.findings.iter().map(|finding| finding.message.clone()).collect()
}
