//! Other libraries, for comparison.

use serde_json::Value;

/// Other libraries, with the schema of a version.
pub(crate) struct Peers {
    /// The unmodified schema.
    pub(crate) schema: Value,
    structure: Option<jsonschema::Validator>,
    rules: kube_cel::CompiledSchema,
}

impl Peers {
    pub(crate) fn of(version: &Value) -> Self {
        let schema = &version["schema"]["openAPIV3Schema"];
        Self {
            schema: schema.clone(),
            structure: jsonschema::validator_for(schema).ok(),
            rules: kube_cel::compile_schema(schema),
        }
    }

    /// Whether the structure is valid, and whether the rules hold.
    pub(crate) fn answers(&self, object: &Value) -> [bool; 2] {
        let structure = self.structure.as_ref();
        let rules = kube_cel::Validator::new().validate_compiled(&self.rules, object, None);
        [
            structure.is_some_and(|structure| structure.is_valid(object)),
            rules.is_ok(),
        ]
    }

    /// Whether the rules hold, given the schema with the object.
    #[allow(dead_code, reason = "not every bench compiles it anew")]
    pub(crate) fn rules_hold(&self, object: &Value) -> bool {
        let rules = kube_cel::Validator::new();
        rules.validate(&self.schema, object, None).is_ok()
    }
}
