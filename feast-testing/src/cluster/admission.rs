//! The API server before the store.

use feast_api::Version;
use feast_validate::{Rejection, Request, Validator};
use serde_json::Value;

/// What is stored of an object that is created, or that replaces a stored one.
pub(super) fn admit(old: Option<&Value>, object: &Value) -> Result<Value, Rejection> {
    let version = object["apiVersion"]
        .as_str()
        .and_then(Version::from_api_version);
    let validator = Validator::of(version.unwrap_or(Version::V1));
    let object = as_written(object);
    let verdict = match old {
        None => validator.create(&object),
        Some(old) => validator.run(Request::update(old, &object)),
    };
    let mut stored = verdict.outcome?;
    if let Some(metadata) = stored["metadata"].as_object_mut() {
        metadata.remove("resourceVersion");
    }
    Ok(stored)
}

/// An object as users write it: the server makes up uids and resource versions.
fn as_written(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("uid");
        metadata.remove("resourceVersion");
    }
    object
}
