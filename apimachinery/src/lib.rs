//! Names, labels, quantities and field paths as Kubernetes checks, reads and writes them.
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
//! - [`names`] says what is wrong with the name of an object, a label, a key or a variable, in an
//!   API server's own words.
//! - [`labels`] selects objects by their labels, as `kubectl -l` does.
//! - [`Quantity`] is an amount of a resource: exact, compared by value, written in its canonical
//!   form.
//! - [`FieldPath`] says where something is in an object.
//! - [`Release`] is a release of Kubernetes, for what differs from one to the next.
//! - [`go`] quotes strings and writes numbers as Go does, since an API server's messages do.
//!
//! The rules are those of `k8s.io/apimachinery` 0.35; none of them has changed since 0.32.
//!
//! # Features
//!
//! `serde` serialises a [`FieldPath`] and a [`Release`] as their texts.
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
