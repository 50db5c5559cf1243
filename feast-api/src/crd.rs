//! The CustomResourceDefinition of FeatureStore.
//!
//! The CRD is generated from this crate's types and committed, so that it does not depend on the
//! Kubernetes release of k8s-openapi: [`JSON`] is the text, [`crd()`](crate::crd()) the typed
//! object, and [`Options`] makes smaller ones.

/// The CRD of both versions as compact JSON, with descriptions.
pub const JSON: &str = include_str!("../crd/feast.dev_featurestores.json");

#[cfg(feature = "types")]
mod by_field;
#[cfg(feature = "types")]
mod documented;
#[cfg(feature = "types")]
mod json_schema;

#[cfg(feature = "types")]
pub use documented::documented;
#[cfg(feature = "schema")]
pub(crate) use documented::{inline, take};
#[cfg(feature = "types")]
pub use json_schema::{json_schema, json_schema_of};
#[cfg(feature = "types")]
pub use typed::*;

#[cfg(feature = "types")]
mod typed {
    use std::sync::LazyLock;

    use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
    use serde_json::{Value, json};

    use crate::Version;

    /// The CRD of both versions, ready to apply.
    ///
    /// Equals the CRD that Feast publishes, except for descriptions and the generator's annotation.
    /// Parsed on first use and cached.
    ///
    /// ```
    /// let crd = feast_api::crd();
    /// assert_eq!(crd.metadata.name.as_deref(), Some("featurestores.feast.dev"));
    /// assert_eq!(crd.spec.versions.len(), 2);
    /// ```
    pub fn crd() -> &'static CustomResourceDefinition {
        static CRD: LazyLock<CustomResourceDefinition> = LazyLock::new(|| Options::default().crd());
        &CRD
    }

    /// Which CRD to generate.
    ///
    /// ```
    /// use feast_api::{Version, crd::Options};
    ///
    /// let small = Options { version: Some(Version::V1), descriptions: false }.json();
    /// assert_eq!(small["spec"]["versions"][0]["name"], "v1");
    /// assert!(small.to_string().len() < 262_144); // fits client-side `kubectl apply`
    /// ```
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[expect(
        clippy::exhaustive_structs,
        reason = "users write it as a literal, with `..Options::default()`"
    )]
    pub struct Options {
        /// Only this version, which then becomes the storage version. Default: both, with `v1`
        /// stored.
        pub version: Option<Version>,
        /// Whether schemas have descriptions, for `kubectl explain`. Default: true.
        pub descriptions: bool,
    }

    impl Default for Options {
        fn default() -> Self {
            Self {
                version: None,
                descriptions: true,
            }
        }
    }

    impl Options {
        /// The CRD as a typed object.
        pub fn crd(self) -> CustomResourceDefinition {
            serde_json::from_value(self.json()).expect("the committed CRD is a CRD")
        }

        /// The CRD as JSON.
        pub fn json(self) -> Value {
            self.select(serde_json::from_str(super::JSON).expect("the committed CRD is JSON"))
        }

        /// Applies these options to a CRD.
        pub fn select(self, mut crd: Value) -> Value {
            if let Some(version) = self.version {
                keep(&mut crd, version);
            }
            if !self.descriptions {
                strip_descriptions(&mut crd);
            }
            crd
        }
    }

    /// Keeps one version and makes it the stored one.
    fn keep(crd: &mut Value, version: Version) {
        if let Some(Value::Array(versions)) = crd.pointer_mut("/spec/versions") {
            versions.retain(|each| each["name"] == version.as_str());
            for each in versions {
                each["storage"] = json!(true);
            }
        }
    }

    /// Removes descriptions. A property named `description` is an object and stays.
    fn strip_descriptions(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, value| key != "description" || !value.is_string());
                map.values_mut().for_each(strip_descriptions);
            }
            Value::Array(items) => items.iter_mut().for_each(strip_descriptions),
            _ => {}
        }
    }
}
