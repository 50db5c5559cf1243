//! Validates FeatureStores exactly as the Kubernetes API server does, offline and in microseconds.
//!
//! ```
//! use feast_validate::Validator;
//!
//! let verdict = Validator::v1().create(r#"{
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": {"name": "sample"},
//!     "spec": {"feastProject": "credit_scoring", "replicas": 3, "servces": {}}
//! }"#);
//!
//! let rejection = verdict.rejection().expect("three replicas share no store");
//! let texts: Vec<String> = rejection.into_iter().map(ToString::to_string).collect();
//! assert_eq!(texts.len(), 2);
//! assert!(texts[0].starts_with(
//!     "spec: Invalid value: Scaling requires DB-backed persistence for the online store."
//! ));
//! assert_eq!(verdict.unknown_fields[0].to_string(), "spec.servces: did you mean `services`?");
//! ```
//!
//! # Overview
//!
//! - A [`Validator`] validates objects of one version, [`v1`](Validator::v1) or
//!   [`v1alpha1`](Validator::v1alpha1), with the newest CRD or that of a
//!   [release](Validator::of_release). It is compiled once; a copy is a pointer.
//! - A [`Request`] creates or updates an object, updates its status, or sets replicas through the
//!   scale subresource. Objects are bytes or [`serde_json::Value`]s.
//! - The [`Verdict`] has the stored object or the [`Rejection`] with every [`Violation`], in the
//!   API server's words, and unknown fields and warnings.
//! - [`is_valid`](crd_admission::Validator::is_valid), [`first`](crd_admission::Validator::first)
//!   and [`all`](crd_admission::Validator::all) are cheaper if you need no stored object.
//! - [`fits_schema`](crd_admission::Validator::fits_schema) checks the structure only.
//! - `validate` and `validate_update` check the rules on a typed FeatureStore.
//! - The engine is [`crd_admission`], which compiles any CustomResourceDefinition. This crate has
//!   the FeatureStore's CRD, and its rules as Rust, generated from CEL.
//!
//! # A validating webhook
//!
//! ```
//! use feast_validate::{AdmissionRequest, Validator};
//!
//! fn respond(body: &[u8]) -> Result<String, Box<dyn std::error::Error>> {
//!     let request = AdmissionRequest::parse(body)?;
//!     Ok(serde_json::to_string(&Validator::v1().judge(&request))?)
//! }
//!
//! let answer = respond(br#"{
//!     "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
//!     "request": {
//!         "uid": "1", "operation": "DELETE", "name": "sample",
//!         "resource": {"group": "feast.dev", "version": "v1", "resource": "featurestores"}
//!     }
//! }"#)?;
//! assert!(answer.ends_with(r#""response":{"uid":"1","allowed":true}}"#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Stages
//!
//! The stages are the server's, in its order: decode; drop unknown fields and nulls; add defaults;
//! check metadata, schema, scale paths, list sets and maps; evaluate rules, unless the object has
//! errors that could make them fail. Ratcheting works as on the server: an update that does not
//! touch a field is not rejected for it.
//!
//! # Features
//!
//! `types` (default) adds the rules on typed values, which need `k8s-openapi`. Without it the crate
//! needs neither `k8s-openapi` nor `kube`.
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    feature = "types",
    doc = r#"
# An operator's check

```
use feast_api::v1::{FeatureStore, FeatureStoreSpec};

let fs = FeatureStore::new("sample", FeatureStoreSpec {
    feast_project: "credit_scoring".into(),
    replicas: Some(3),
    ..Default::default()
});
let rejection = feast_validate::validate(&fs).expect_err("three replicas share no store");
assert_eq!(rejection.violations().len(), 2);

let single = FeatureStore::new("sample", FeatureStoreSpec { replicas: Some(1), ..fs.spec.clone() });
feast_validate::validate(&single)?;
feast_validate::validate_update(&fs, &single)?;
# Ok::<(), feast_validate::Rejection>(())
```
"#
)]

#[cfg(feature = "types")]
mod admitted;
pub mod rules;
mod tables;
#[cfg(feature = "types")]
mod typed;
mod validator;

#[cfg(feature = "types")]
pub use admitted::{NotAdmitted, admitted};
pub use crd_admission::{
    AdmissionRequest, Answer, BadValue, Body, CompileError, Crd, ErrorType, FieldPath,
    FieldValidation, Hint, Operation, Rejection, Request, Resource, ReviewError, RuleFault, Step,
    UnknownField, Verdict, Violation, report,
};
#[doc(no_inline)]
pub use serde_json;
#[cfg(feature = "types")]
pub use typed::{validate, validate_update};
pub use validator::{Validator, feature_store, feature_store_of};

/// The README's examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
