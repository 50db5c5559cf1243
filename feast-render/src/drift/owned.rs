//! Whose the fields of an object are.

use serde_json::{Map, Value};

/// The field manager of all that this project's operator applies.
pub const MANAGER: &str = "feast-operator";

/// Leaves of `managedFields`, in an object's metadata, the field set of what the operator applied: as
/// [`is_settled`](super::is_settled) and [`differences`](super::differences) take it.
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

/// Whether the operator made an entry by applying the object itself.
fn is_own(entry: &Value) -> bool {
    entry["manager"] == MANAGER && entry["operation"] == "Apply" && entry["subresource"].is_null()
}
