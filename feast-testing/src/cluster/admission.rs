//! Admission of the API server.

use feast_api::Version;
use feast_validate::{Rejection, Request, Validator};
use serde_json::Value;

/// The stored form of an object that is created or replaced.
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

/// Users may omit uids and resource versions: the server sets them.
fn as_written(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("uid");
        metadata.remove("resourceVersion");
    }
    object
}
