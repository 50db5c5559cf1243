//! The validators of FeatureStores.

use std::ops::Deref;
use std::sync::OnceLock;

use crd_admission::Crd;
use feast_api::{Release, Version};

use crate::rules::RULES;
use crate::tables::{FEATURE_STORE, NEWEST};

/// Validates FeatureStores of one version as the API server does: a [`crd_admission::Validator`]
/// compiled at build time.
#[derive(Clone, Copy, Debug)]
pub struct Validator(crd_admission::Validator<'static>);

impl Validator {
    /// The validator of `feast.dev/v1`.
    pub fn v1() -> Self {
        Self::of(Version::V1)
    }

    /// The validator of `feast.dev/v1alpha1`.
    pub fn v1alpha1() -> Self {
        Self::of(Version::V1Alpha1)
    }

    /// The validator of a version.
    pub fn of(version: Version) -> Self {
        let validator = FEATURE_STORE.version(version.as_str());
        Self(validator.expect("the CRD has every version"))
    }

    /// The validator of a version with the CRD of a release; `None` if the release does not serve
    /// the version.
    ///
    /// ```
    /// use feast_api::{Release, Version};
    /// use feast_validate::Validator;
    ///
    /// let validator = Validator::of_release(Release::V0_65, Version::V1).expect("v1 came with 0.58");
    /// let verdict = validator.create(r#"{
    ///     "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "metadata": {"name": "sample"},
    ///     "spec": {"feastProject": "credit_scoring", "authz": {"noAuth": true}}
    /// }"#);
    /// assert_eq!(verdict.unknown_fields[0].path.to_string(), "spec.authz.noAuth");
    /// ```
    pub fn of_release(release: Release, version: Version) -> Option<Self> {
        feature_store_of(release)
            .version(version.as_str())
            .map(Self)
    }
}

impl Deref for Validator {
    type Target = crd_admission::Validator<'static>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

/// The compiled CustomResourceDefinition of FeatureStore.
pub fn feature_store() -> &'static Crd {
    &FEATURE_STORE
}

/// The CustomResourceDefinition of FeatureStore of a release. It is compiled on first use and kept;
/// those of [`Release::NEWEST`] and [`Release::Main`] are compiled at build time.
pub fn feature_store_of(release: Release) -> &'static Crd {
    static COMPILED: [OnceLock<Crd>; Release::ALL.len()] =
        [const { OnceLock::new() }; Release::ALL.len()];
    match release {
        Release::Main => &FEATURE_STORE,
        Release::NEWEST => &NEWEST,
        older => COMPILED[older as usize].get_or_init(|| {
            Crd::compile(&older.crd(), RULES).expect("a server took the CRD of every release")
        }),
    }
}
