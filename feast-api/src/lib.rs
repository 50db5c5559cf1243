//! The FeatureStore custom resource of the [Feast](https://feast.dev) feature store.
//!
//! ```
//! use feast_api::v1::FeatureStore;
//!
//! let fs = FeatureStore::from_json(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample", "namespace": "ml" },
//!     "spec": { "feastProject": "credit_scoring", "replicas": 3 }
//! }"#)?;
//! assert_eq!(fs.spec.replicas, Some(3));
//!
//! let error = FeatureStore::from_json(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample" },
//!     "spec": { "feastProject": "credit_scoring", "replicas": 3000000000 }
//! }"#).unwrap_err();
//! assert_eq!(error.path(), "spec.replicas");
//! # Ok::<(), feast_api::ReadError>(())
//! ```
//!
//! # Overview
//!
//! | | |
//! | --- | --- |
//! | [`v1`], [`v1alpha1`] | the resource as Rust types, one module for each version |
//! | [`Admitted`] | a FeatureStore that an API server admitted; rendering requires one |
//! | [`convert`] | conversion between the versions, with the fields that are lost |
//! | [`crd()`](crd()), [`mod@crd`] | the CustomResourceDefinition, equal to the published one |
//! | [`rules`] | its CEL rules as data |
//! | [`Release`] | Feast's releases, the CRD of each, and what each changed in it |
//! | `schema` | generates the CRD from the types |
//!
//! Reading is as strict as the CRD's types: an unknown enum value or a number out of range is a
//! [`ReadError`] with the field's path. To check the *rules*, use the `feast-validate` crate.
//! Kubernetes' own types come from k8s-openapi, which reads a missing required field as empty.
//!
//! # Features
//!
//! - `types` (default): the typed resource; needs serde and k8s-openapi. Your program selects the
//!   Kubernetes version (`k8s-openapi/v1_35`).
//! - `releases`: the CRD of each [`Release`]; needs `serde_json`.
//! - `schema`: JSON Schemas of the types, and the CRD generated from them; needs schemars and kube.
//!
//! Without features the crate has plain data only and no dependencies: [`crd::JSON`], [`rules`] and
//! the changes of each [`Release`].
#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

pub mod crd;
pub mod references;
mod releases;
pub mod rules;
mod version;

#[cfg(feature = "types")]
pub use crd::crd;
pub use releases::{CrdChange, Release, UnknownRelease, history};
pub use version::{UnknownVersion, Version};

#[cfg(feature = "types")]
mod admitted;
#[cfg(feature = "types")]
pub mod convert;
#[cfg(feature = "types")]
mod error;
#[cfg(feature = "types")]
mod kind;
#[cfg(feature = "types")]
mod macros;
#[cfg(feature = "types")]
mod read;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "types")]
#[expect(
    clippy::exhaustive_structs,
    reason = "users write specs as literals; a new CRD field requires a new version of this crate"
)]
pub mod v1;
#[cfg(feature = "types")]
#[expect(clippy::exhaustive_structs, reason = "as in `v1`")]
pub mod v1alpha1;

#[cfg(feature = "types")]
pub use admitted::{Admitted, NotStored};
#[cfg(feature = "types")]
pub use error::{ReadError, UnknownValue};
#[cfg(feature = "types")]
#[doc(no_inline)]
pub use k8s_openapi;
#[cfg(feature = "types")]
pub use read::from_value;
#[cfg(any(feature = "releases", feature = "types"))]
#[doc(no_inline)]
pub use serde_json;

/// API group of the resource.
pub const GROUP: &str = "feast.dev";
/// Kind of the resource.
pub const KIND: &str = "FeatureStore";
/// Plural name of the resource, as in URLs.
pub const PLURAL: &str = "featurestores";

/// The README's examples.
#[cfg(all(doctest, feature = "types"))]
#[doc = include_str!("../README.md")]
struct Readme;
