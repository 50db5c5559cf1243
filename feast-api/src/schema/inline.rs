use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value};

/// Replaces each `$ref` with its definition, and drops the definitions.
///
/// A structural schema has no references. Keywords beside the reference, such as a field's
/// description, override the definition's.
///
/// ```json
/// { "properties": { "a": { "$ref": "#/$defs/A", "description": "mine" } },
///   "$defs": { "A": { "type": "string", "description": "A's" } } }
/// ```
/// becomes
/// ```json
/// { "properties": { "a": { "type": "string", "description": "mine" } } }
/// ```
pub(super) struct InlineDefinitions;

impl Transform for InlineDefinitions {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(Value::Object(definitions)) = schema.remove("$defs") {
            Inliner(definitions).transform(schema);
        }
    }
}

struct Inliner(Map<String, Value>);

impl Transform for Inliner {
    fn transform(&mut self, schema: &mut Schema) {
        while let Some(definition) = self.referred(schema) {
            for (key, value) in definition {
                schema.ensure_object().entry(key).or_insert(value);
            }
        }
        transform_subschemas(self, schema);
    }
}

impl Inliner {
    /// Removes the reference from the schema and returns its definition.
    fn referred(&self, schema: &mut Schema) -> Option<Map<String, Value>> {
        let reference = schema.remove("$ref")?;
        let name = reference.as_str()?.strip_prefix("#/$defs/")?;
        self.0.get(name)?.as_object().cloned()
    }
}
