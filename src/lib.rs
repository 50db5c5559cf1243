//! Check and render Feast FeatureStores without a cluster: the crates of the workspace together.
//!
//! ```
//! use feast_kube::render::{Answer, OperatorSettings, Time, render, resolve};
//! use feast_kube::validate::{Validator, admitted};
//!
//! let verdict = Validator::v1().create(br#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "name": "sample", "namespace": "features" },
//!     "spec": { "feastProject": "credit_scoring" }
//! }"#);
//! let store = admitted(verdict)?;
//! let now = Time("2026-01-01T00:00:00Z".parse()?);
//! let inputs = resolve(store, &OperatorSettings::reference(), &now, |_| Answer::Absent)?;
//! let rendered = render(&inputs)?;
//! assert!(rendered.documents.service.yaml().starts_with("project: credit_scoring\n"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
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
pub use feast_check::admit;
pub use feast_check::{diff, gather, graph, manifest, missing};
pub use feast_lint as lint;
pub use feast_render as render;
pub use feast_validate as validate;

/// The README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The tutorials' examples in Rust.
#[cfg(doctest)]
#[doc = include_str!("../docs/tutorials/operator-author.md")]
#[doc = include_str!("../docs/tutorials/webhook-author.md")]
#[doc = include_str!("../docs/tutorials/test-author.md")]
struct Tutorials;
