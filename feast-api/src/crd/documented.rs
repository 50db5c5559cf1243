//! The CRD's schemas with all documentation.

use serde_json::{Map, Value};

use crate::Version;

/// The schema of each version and of `metadata`, with their definitions, and those that they share.
const JSON: &str = include_str!("../../crd/documented.json");

/// The schema of a version with all documentation, including that of Kubernetes' own types and of
/// `metadata`. For people; it is too large for a [CRD](super::JSON).
///
/// ```
/// let schema = feast_api::crd::documented(feast_api::Version::V1);
/// let name = schema.pointer("/properties/metadata/properties/name/description").unwrap();
/// assert!(name.as_str().unwrap().starts_with("Name must be unique within a namespace."));
/// ```
pub fn documented(version: Version) -> Value {
    let mut all: Map<String, Value> =
        serde_json::from_str(JSON).expect("the committed schemas are JSON");
    let mut metadata = take(&mut all, "metadata");
    let mut schema = take(&mut all, version.as_str());
    let mut definitions = take(&mut all, "$defs");
    definitions.extend(take(&mut metadata, "$defs"));
    definitions.extend(take(&mut schema, "$defs"));
    let mut schema = Value::Object(schema);
    schema["properties"]["metadata"] = metadata.into();
    inline(&mut schema, &definitions);
    schema
}

/// Removes an object.
pub(crate) fn take(from: &mut Map<String, Value>, name: &str) -> Map<String, Value> {
    match from.remove(name) {
        Some(Value::Object(taken)) => taken,
        _ => Map::new(),
    }
}

/// Replaces each `$ref` with its definition. Keywords beside the reference, such as a field's
/// description, override the definition's.
///
/// ```json
/// { "properties": { "a": { "$ref": "#/$defs/A", "description": "mine" } } }
/// ```
/// becomes, with the definitions `{ "A": { "type": "string", "description": "A's" } }`,
/// ```json
/// { "properties": { "a": { "type": "string", "description": "mine" } } }
/// ```
pub(crate) fn inline(schema: &mut Value, definitions: &Map<String, Value>) {
    match schema {
        Value::Object(schema) => {
            while let Some(definition) = referred(schema, definitions) {
                for (key, value) in definition {
                    schema.entry(key).or_insert(value);
                }
            }
            for inner in schema.values_mut() {
                inline(inner, definitions);
            }
        }
        Value::Array(schemas) => {
            for inner in schemas {
                inline(inner, definitions);
            }
        }
        _ => {}
    }
}

/// Removes the reference from a schema and returns its definition.
fn referred(
    schema: &mut Map<String, Value>,
    definitions: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let name = schema.get("$ref")?.as_str()?.strip_prefix("#/$defs/")?;
    let definition = definitions.get(name).cloned();
    schema.remove("$ref");
    match definition? {
        Value::Object(definition) => Some(definition),
        _ => None,
    }
}
