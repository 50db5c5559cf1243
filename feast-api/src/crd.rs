//! The CustomResourceDefinition of FeatureStore.

/// The CRD of both versions as compact JSON without descriptions, generated from the types.
pub const JSON: &str = include_str!("../crd/feast.dev_featurestores.json");
