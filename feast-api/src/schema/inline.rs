use schemars::Schema;
use schemars::transform::{Transform, transform_subschemas};
use serde_json::{Map, Value};

/// Replaces each `$ref` by the definition that it names, and drops the definitions.
///
/// A structural schema has no references. What stands beside the reference, such as a field's
/// description, wins over the definition's own.
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
    /// Takes the reference out of the schema and gives what it refers to.
    fn referred(&self, schema: &mut Schema) -> Option<Map<String, Value>> {
        let reference = schema.remove("$ref")?;
        let name = reference.as_str()?.strip_prefix("#/$defs/")?;
        self.0.get(name)?.as_object().cloned()
    }
}
