//! The Kubernetes API server's verdict on a custom resource, offline, for any
//! CustomResourceDefinition.
//!
//! ```
//! use crd_admission::{Crd, Request};
//!
//! let crd = Crd::parse(include_bytes!("../examples/thing.json"))?;
//! let validator = crd.version("v1").expect("served");
//!
//! let thing = r#"{
//!     "apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": "sample"},
//!     "spec": {"size": 12, "colr": "red"}
//! }"#;
//! let verdict = validator.create(thing);
//! assert_eq!(
//!     verdict.rejection().expect("12 is too large").to_string(),
//!     "spec.size: Invalid value: 12: spec.size in body should be less than or equal to 9"
//! );
//! assert_eq!(verdict.unknown_fields[0].to_string(), "spec.colr: did you mean `color`?");
//!
//! // Ratcheting: an update is not rejected for fields that it does not touch.
//! assert!(validator.run(Request::update(thing, thing)).is_allowed());
//! # Ok::<(), crd_admission::CompileError>(())
//! ```
//!
//! # Overview
//!
//! - A [`Crd`] is compiled once, from JSON or YAML. If an API server would reject it,
//!   [`CompileError`] has the server's messages.
//! - A [`Target`] is the Kubernetes release to compile for, by default the newest.
//! - A [`Validator`] validates objects of one of its versions. A copy of it is two pointers.
//! - A [`Request`] creates or updates an object, updates its status, or sets replicas through the
//!   scale subresource. Objects are bytes or [`serde_json::Value`]s.
//! - The [`Verdict`] has the stored object or the [`Rejection`] with every [`Violation`], in the
//!   API server's words, and unknown fields and warnings.
//! - An [`AdmissionRequest`] is an API server's request to a webhook; [`Validator::judge`] answers
//!   it.
//! - [`differences`] compares two definitions, with the effects on objects.
//!
//! # Stages
//!
//! The stages are the server's, in its order: decode; drop unknown fields and nulls; add defaults;
//! check metadata, schema, scale paths, embedded resources, list sets and maps; evaluate rules,
//! unless the object has errors that could make them fail. Ratcheting works as on the server: an
//! update that does not touch a field is not rejected for it.

mod admit;
mod cel;
mod compare;
mod crd;
mod definition;
mod deprecation;
mod embedded;
mod error;
mod field_path;
mod fits;
mod identity;
mod json;
mod list_type;
mod metadata;
mod moment;
pub mod native;
mod path;
mod prune;
mod ratchet;
mod read;
mod regexp;
pub mod report;
mod request;
mod resource;
mod review;
mod rule;
mod scale;
mod schema;
mod suggest;
mod target;
#[cfg(test)]
mod testing;
mod validator;
mod verdict;
mod view;
mod walk;
mod whole;
#[cfg(test)]
mod work;

pub use apimachinery::{Release, UnknownRelease};
pub use compare::{Change, Difference, Effect, differences};
pub use crd::Crd;
pub use error::{BadValue, ErrorType, RuleFault, Violation};
pub use field_path::{FieldPath, Step};
pub use request::{Body, FieldValidation, Request};
pub use review::{AdmissionRequest, Answer, Operation, Resource, ReviewError};
pub use schema::CompileError;
pub use suggest::Hint;
pub use target::{Expressions, Target};
pub use validator::Validator;
pub use verdict::{Rejection, UnknownField, Verdict};

/// The compiled form of a CRD, for programs that contain it as tables: everything is a literal, and
/// so exhaustive. It may change in any version.
#[doc(hidden)]
pub mod compiled {
    pub use crate::crd::Version;
    pub use crate::path::{Path, Segment};
    pub use crate::rule::{Evaluator, PlacedRule};
    pub use crate::scale::{Scale, Steps};
    pub use crate::schema::{
        Format, Junctors, Limits, List, Made, Minimum, Named, Pattern, Properties, Property,
        Schema, Shared, Types, Unknown,
    };
}

/// The README's example.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
