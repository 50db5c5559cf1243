//! What holds for every FeatureStore that an API server admits.

mod generators;

use proptest::prelude::ProptestConfig;

/// Failures are not kept in files: a defect gets a test of its own.
fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}
