//! Deeply nested schemas are compiled or rejected, and never exhaust the stack.

#[path = "../src/testing.rs"]
mod testing;

use crd_admission::{CompileError, Crd};
use serde_json::{Value, json};

use testing::{definition, version};

/// A CRD whose `spec` nests this many schemas.
fn crd(depth: usize, nest: impl Fn(&Value) -> Value) -> Value {
    let mut spec = json!({"type": "string"});
    for _ in 0..depth {
        spec = nest(&spec);
    }
    definition(&[version(&spec)])
}

fn field(schema: &Value) -> Value {
    json!({
        "type": "object", "default": {}, "properties": {"a": schema},
        "x-kubernetes-validations": [{"rule": "true"}],
    })
}

fn item(schema: &Value) -> Value {
    json!({"type": "array", "items": schema})
}

fn value(schema: &Value) -> Value {
    json!({"type": "object", "additionalProperties": schema})
}

#[test]
fn deep_schemas_are_compiled() {
    for nest in [field, item, value] {
        let compiled = Crd::compile(&crd(95, nest), &[]);
        compiled.expect("it is good");
    }
}

#[test]
fn too_deep_schemas_are_rejected() {
    for nest in [field, item, value] {
        for depth in [101, 250, 400] {
            let refused = Crd::compile(&crd(depth, nest), &[]);
            let error = refused.expect_err("it is too deep");
            assert!(matches!(error, CompileError::TooDeep { .. }), "{error}");
        }
    }
}
