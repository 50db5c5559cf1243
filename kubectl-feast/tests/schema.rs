//! The JSON Schema, as an editor uses it: what is wrong is told of the field at fault.

use std::process::Command;

use serde_json::{Value, json};

fn schema(arguments: &[&str]) -> jsonschema::Validator {
    let output = Command::new(env!("CARGO_BIN_EXE_kubectl-feast"))
        .args(["crd", "--json-schema"])
        .args(arguments)
        .output()
        .expect("the binary runs");
    let schema: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn faults(schema: &jsonschema::Validator, object: &Value) -> Vec<String> {
    let errors = schema.iter_errors(object);
    errors
        .map(|error| error.instance_path().to_string())
        .collect()
}

fn store(version: &str, spec: &Value) -> Value {
    json!({
        "apiVersion": format!("feast.dev/{version}"),
        "kind": "FeatureStore",
        "metadata": { "name": "shop" },
        "spec": spec,
    })
}

#[test]
fn what_is_wrong_is_told_of_its_field() {
    let both = schema(&[]);
    for version in ["v1", "v1alpha1"] {
        let one = schema(&["--version", version]);
        for (spec, expected) in [
            (json!({ "feastProject": "shop" }), &[][..]),
            (json!({ "feastProject": 1 }), &["/spec/feastProject"]),
            (json!({}), &["/spec"]),
            (
                json!({ "feastProject": "shop", "services": { "onlineStore": { "servers": {} } } }),
                &["/spec/services/onlineStore"],
            ),
        ] {
            for schema in [&both, &one] {
                assert_eq!(
                    faults(schema, &store(version, &spec)),
                    expected,
                    "{version} {spec}"
                );
            }
        }
    }
}

#[test]
fn a_version_has_its_own_fields() {
    let both = schema(&[]);
    let scaled = json!({ "feastProject": "shop", "replicas": 1 });
    assert_eq!(faults(&both, &store("v1", &scaled)), [""; 0]);
    assert_eq!(faults(&both, &store("v1alpha1", &scaled)), ["/spec"]);
    assert_eq!(faults(&both, &store("v2", &scaled)), ["/apiVersion"]);
    let none = json!({ "kind": "FeatureStore", "metadata": {}, "spec": scaled });
    assert_eq!(faults(&both, &none), [""]);
}
