//! The Kubernetes API server's verdict on a FeatureStore, offline and in microseconds.

mod admit;
mod crd;
mod error;
mod go;
mod identity;
mod json;
mod list_type;
mod metadata;
mod path;
mod prune;
mod ratchet;
mod read;
mod request;
mod resource;
pub mod rules;
mod scale;
mod schema;
mod suggest;
mod validator;
mod verdict;
mod view;

pub use crd::Crd;
pub use error::{BadValue, Kind, Violation};
pub use request::{Body, FieldValidation, Request};
pub use schema::CompileError;
pub use suggest::Hint;
pub use validator::Validator;
pub use verdict::{Rejection, UnknownField, Verdict};
