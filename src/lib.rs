//! Check and render Feast FeatureStores without a cluster: the crates of the workspace together.
//!
//! ```
//! use feast_kube::{Inputs, admit_and_render};
//!
//! let rendered = admit_and_render(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample", "namespace": "features" },
//!     "spec": { "feastProject": "credit_scoring" }
//! }"#, &Inputs::default())?;
//! assert!(rendered.store_yaml.service.starts_with("project: credit_scoring\n"));
//! # Ok::<(), feast_kube::Error>(())
//! ```
//!
//! # Overview
//!
//! - [`api`]: the resource as Rust types, its CRD and its rules.
//! - [`validate`]: the API server's verdict.
//! - [`render`]: objects, documents and status.
//! - [`lint`]: advice on what is admitted.
//! - [`check`]: all of them on manifests. Its modules and functions are here too.
//!
//! # Features
//!
//! None. The final crate selects k8s-openapi's `v1_*`.

pub use feast_api as api;
pub use feast_check as check;
pub use feast_check::{Error, admit, admit_and_render, stored};
pub use feast_check::{diff, gather, graph, manifest, missing};
pub use feast_lint as lint;
pub use feast_render as render;
pub use feast_render::{Inputs, Rendered};
pub use feast_validate as validate;

/// The README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
