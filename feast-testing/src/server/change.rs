//! What became of an object, and what a client is shown of one.

use std::sync::Arc;

use serde_json::{Value, json};

use super::request::Request;
use crate::cluster::Key;

/// What became of an object.
pub(super) struct Change {
    pub(super) version: u64,
    pub(super) key: Key,
    pub(super) before: Option<Arc<Value>>,
    pub(super) after: Option<Arc<Value>>,
}

/// An object as a request wants it. In lists those of Kubernetes' own kinds do not say what they
/// are.
pub(super) fn shown(object: &Value, request: &Request, in_list: bool) -> Value {
    if request.metadata_only {
        return json!({
            "apiVersion": "meta.k8s.io/v1", "kind": "PartialObjectMetadata",
            "metadata": object["metadata"],
        });
    }
    let mut object = object.clone();
    if let Value::Object(fields) = &mut object
        && in_list
        && request.kind.crd.is_none()
    {
        fields.remove("apiVersion");
        fields.remove("kind");
    }
    object
}
