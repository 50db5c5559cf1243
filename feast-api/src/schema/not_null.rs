use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Value, json};

/// Removes `null` from types.
///
/// schemars describes an `Option` as a value or `null`. The published CRD has no `null`: the API
/// server drops it, or replaces it with the default, before it validates.
///
/// `{ "type": ["integer", "null"] }` becomes `{ "type": "integer" }`, and
/// `{ "anyOf": [{ "type": "string" }, { "type": "null" }] }` becomes `{ "type": "string" }`.
pub(super) struct NotNull;

impl Transform for NotNull {
    fn transform(&mut self, schema: &mut Schema) {
        single_type(schema);
        single_alternative(schema);
        transform_subschemas(self, schema);
    }
}

fn single_type(schema: &mut Schema) {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            schema.insert("type".into(), only);
        }
    }
}

fn single_alternative(schema: &mut Schema) {
    let Some(Value::Array(alternatives)) = schema.get("anyOf") else {
        return;
    };
    let [Value::Object(value), null] = alternatives.as_slice() else {
        return;
    };
    if *null != json!({ "type": "null" }) {
        return;
    }
    let value = value.clone();
    schema.remove("anyOf");
    for (key, value) in value {
        schema.ensure_object().entry(key).or_insert(value);
    }
}
