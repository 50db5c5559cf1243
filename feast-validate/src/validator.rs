//! The validators of FeatureStores.

use std::ops::Deref;

use crate::tables::FEATURE_STORE;

/// Judges FeatureStores of one version as the API server does: a
/// [`crd_admission::Validator`] that was compiled with the program.
#[derive(Clone, Copy, Debug)]
pub struct Validator(crd_admission::Validator<'static>);

impl Validator {
    /// The validator of FeatureStores of `feast.dev/v1`.
    pub fn v1() -> Self {
        Self::of(feast_api::Version::V1)
    }

    /// The validator of FeatureStores of `feast.dev/v1alpha1`.
    pub fn v1alpha1() -> Self {
        Self::of(feast_api::Version::V1Alpha1)
    }

    /// The validator of FeatureStores of a version.
    pub fn of(version: feast_api::Version) -> Self {
        let validator = FEATURE_STORE.version(version.as_str());
        Self(validator.expect("the CRD has every version"))
    }
}

impl Deref for Validator {
    type Target = crd_admission::Validator<'static>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
