//! Recorded requests for any resource.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A recorded request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Case<'a> {
    #[allow(dead_code, reason = "not every bench names its objects")]
    pub(crate) id: String,
    #[serde(borrow)]
    pub(crate) object: &'a RawValue,
    #[serde(borrow)]
    old_object: Option<&'a RawValue>,
    pub(crate) expect: Expected,
}

#[derive(Deserialize)]
pub(crate) struct Expected {
    pub(crate) allowed: bool,
}

impl Case<'_> {
    pub(crate) fn is_creation(&self) -> bool {
        self.old_object.is_none()
    }
}

/// The API version of an object.
pub(crate) fn version(object: &Value) -> &str {
    let version = object["apiVersion"].as_str().unwrap_or_default();
    version.rsplit('/').next().unwrap_or_default()
}
