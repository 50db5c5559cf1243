//! Changes of objects, and the views of clients.

use std::sync::Arc;

use serde_json::{Value, json};

use super::request::Request;
use crate::cluster::Key;

/// A change of an object.
pub(super) struct Change {
    pub(super) version: u64,
    pub(super) key: Key,
    pub(super) before: Option<Arc<Value>>,
    pub(super) after: Option<Arc<Value>>,
}

/// An object in a request. In lists, objects of built-in kinds do not have `kind`.
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
