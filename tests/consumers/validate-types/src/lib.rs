//! The rules on a typed value.

use feast_api::v1::FeatureStore;

/// Whether every rule holds.
pub fn holds(fs: &FeatureStore) -> bool {
    feast_validate::validate(fs).is_ok()
}
