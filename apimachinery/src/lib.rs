//! Names, labels, quantities and field paths, with Kubernetes' checks and formats.
//!
//! ```
//! use apimachinery::{Quantity, names};
//!
//! let memory: Quantity = "1024Mi".parse()?;
//! assert_eq!(memory.to_string(), "1Gi");
//! assert!(memory > "1G".parse()?);
//!
//! assert!(names::dns_subdomain("my.name").is_empty());
//! assert_eq!(names::dns_label("my.name")[0].to_string(), "must not contain dots");
//! # Ok::<(), apimachinery::ParseQuantityError>(())
//! ```
//!
//! # Overview
//!
//! - [`names`] checks names of objects, labels, keys and variables, with an API server's messages.
//! - [`labels`] selects objects by their labels, as `kubectl -l` does.
//! - [`Quantity`] is an amount of a resource: exact, compared by value, formatted canonically.
//! - [`FieldPath`] is the path of a value in an object.
//! - [`Release`] is a release of Kubernetes, for differences between releases.
//! - [`go`] formats strings and numbers as Go does, and so an API server's messages.
//!
//! The rules are those of `k8s.io/apimachinery` 0.35; they have not changed since 0.32.
//!
//! # Features
//!
//! `serde` serializes [`FieldPath`] and [`Release`] as text.
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod go;
pub mod labels;
pub mod names;
mod path;
pub mod quantity;
mod release;
mod unicode;

pub use path::{FieldPath, Segment};
pub use quantity::{ParseQuantityError, Quantity};
pub use release::{Release, UnknownRelease};
