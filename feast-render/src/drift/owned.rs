//! Ownership of an object's fields.

use serde_json::{Map, Value};

/// The field manager with which this project's operator applies everything.
pub const MANAGER: &str = "feast-operator";

/// Reduces `managedFields` in an object's metadata to the field set that the operator applied,
/// which [`is_settled`](super::is_settled) and [`differences`](super::differences) expect.
///
/// ```
/// use feast_render::drift::own_fields;
/// use serde_json::json;
///
/// let entry = |manager: &str, operation: &str| {
///     json!({ "manager": manager, "operation": operation, "fieldsV1": { "f:data": {} } })
/// };
/// let entries = json!([entry("kubectl", "Apply"), entry("feast-operator", "Apply")]);
/// let mut metadata = json!({ "managedFields": entries });
/// own_fields(metadata.as_object_mut().unwrap());
/// assert_eq!(metadata, json!({ "managedFields": [{ "f:data": {} }] }));
/// ```
pub fn own_fields(metadata: &mut Map<String, Value>) {
    if let Some(Value::Array(entries)) = metadata.get_mut("managedFields") {
        entries.retain(is_own);
        for entry in entries {
            *entry = entry["fieldsV1"].take();
        }
    }
}

/// Whether the operator created a `managedFields` entry by applying the object itself.
fn is_own(entry: &Value) -> bool {
    entry["manager"] == MANAGER && entry["operation"] == "Apply" && entry["subresource"].is_null()
}
