//! The Kubernetes API server's verdict on a FeatureStore, offline and in microseconds.
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
//! - A [`Validator`] judges objects of one version, [`v1`](Validator::v1) or
//!   [`v1alpha1`](Validator::v1alpha1). It is compiled once, and a copy of it is a pointer.
//! - A [`Request`] is a creation, an update, an update of the status, or a replica count given
//!   through the scale subresource. Objects are bytes or [`serde_json::Value`]s.
//! - The [`Verdict`] has the object as it would be stored or the [`Rejection`] with every
//!   [`Violation`] in the API server's words, and what else the server tells.
//! - [`Validator::is_valid`], [`first`](Validator::first) and [`all`](Validator::all) answer
//!   shorter questions.
//! - [`Validator::fits_schema`] looks at the structure alone.
//! - `validate` and `validate_update` check the rules on a typed FeatureStore.
//! - [`Crd`] compiles any other CustomResourceDefinition, given the native twins of its CEL rules;
//!   FeatureStore is its first user.
//!
//! # A validating webhook
//!
//! ```
//! use feast_validate::{Request, Validator};
//! use serde_json::{Value, json};
//!
//! fn review(request: &Value) -> Value {
//!     let version = Validator::v1();
//!     let verdict = match &request["oldObject"] {
//!         Value::Null => version.create(&request["object"]),
//!         old => version.run(Request::update(old, &request["object"])),
//!     };
//!     let text = |field: &str| request[field].as_str().unwrap_or_default();
//!     serde_json::to_value(verdict.to_review(text("uid"), text("name"))).unwrap_or_default()
//! }
//!
//! let answer = review(&json!({"uid": "1", "name": "sample", "object": {
//!     "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "metadata": {"name": "sample"},
//!     "spec": {"feastProject": "a", "authz": {}},
//! }}));
//! assert_eq!(answer["response"]["allowed"], false);
//! assert_eq!(answer["response"]["status"]["details"]["causes"], json!([{
//!     "reason": "FieldValueInvalid",
//!     "message": "Invalid value: One selection required between kubernetes, oidc, or noAuth.",
//!     "field": "spec.authz",
//! }]));
//! ```
//!
//! # Stages
//!
//! The server's, in its order: decode; drop unknown fields and nulls; add defaults; metadata;
//! schema; scale paths; list sets and maps; rules, unless the object has faults on which they could
//! stumble. An update is forgiven what it leaves alone.
//!
//! # Features
//!
//! `types` (default) adds the rules on typed values and with them `k8s-openapi`. Without it the
//! crate needs neither that nor `kube`.
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

mod admit;
mod crd;
mod error;
mod fits;
mod go;
mod identity;
mod json;
mod list_type;
mod metadata;
mod path;
mod prune;
mod ratchet;
mod read;
pub mod report;
mod request;
mod resource;
pub mod rules;
mod scale;
mod schema;
mod suggest;
#[cfg(feature = "types")]
mod typed;
mod validator;
mod verdict;
mod view;
mod walk;

pub use crd::Crd;
pub use error::{BadValue, Kind, Violation};
pub use request::{Body, FieldValidation, Request};
pub use schema::CompileError;
pub use suggest::Hint;
#[cfg(feature = "types")]
pub use typed::{validate, validate_update};
pub use validator::Validator;
pub use verdict::{Rejection, UnknownField, Verdict};
