//! The FeatureStore custom resource of the Feast feature store.

pub mod crd;
pub mod rules;
mod version;

#[cfg(feature = "types")]
pub use crd::crd;
pub use version::{UnknownVersion, Version};

#[cfg(feature = "types")]
mod error;
#[cfg(feature = "types")]
mod kind;
#[cfg(feature = "types")]
mod macros;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "types")]
pub mod v1;
#[cfg(feature = "types")]
pub mod v1alpha1;

#[cfg(feature = "types")]
pub use error::{ReadError, UnknownValue};

/// API group of the resource.
pub const GROUP: &str = "feast.dev";
/// Kind of the resource.
pub const KIND: &str = "FeatureStore";
/// Plural name of the resource, as in URLs.
pub const PLURAL: &str = "featurestores";
