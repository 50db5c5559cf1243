//! The rules on typed values.

use feast_api::v1::FeatureStore;

/// Whether all rules hold.
pub fn holds(fs: &FeatureStore) -> bool {
    feast_validate::validate(fs).is_ok()
}
