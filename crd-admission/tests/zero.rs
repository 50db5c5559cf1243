//! Signed zeros, with the answers of the API server's own code.

#[path = "../src/testing.rs"]
mod testing;

use crd_admission::Crd;
use serde_json::{Value, json};

use testing::{definition, version};

/// The errors of an object with one field of this schema.
fn said(schema: &Value, field: &Value) -> Vec<String> {
    let spec = json!({"type": "object", "properties": {"a": schema}});
    let crd = Crd::compile(&definition(&[version(&spec)]), &[]).expect("it is good");
    let object = json!({
        "apiVersion": "example.com/v1", "kind": "Thing",
        "metadata": {"name": "a", "namespace": "default"}, "spec": {"a": field},
    });
    let verdict = crd.version("v1").expect("served").create(&object);
    let faults = verdict.rejection().into_iter().flatten();
    faults.map(ToString::to_string).collect()
}

#[test]
fn a_zero_is_listed_whatever_its_sign() {
    for listed in [json!(0), json!(0.0), json!(-0.0)] {
        for ty in ["number", "integer"] {
            let schema = json!({"type": ty, "enum": [listed]});
            for zero in [json!(0), json!(0.0), json!(-0.0)] {
                assert_eq!(said(&schema, &zero), [""; 0], "{zero} in {schema}");
            }
        }
    }
}

#[test]
fn a_zero_is_within_bounds_whatever_its_sign() {
    let least = json!({"type": "number", "minimum": 0});
    let less = json!({"type": "number", "maximum": 0, "exclusiveMaximum": true});
    for (zero, shown) in [(json!(0), "0"), (json!(0.0), "0"), (json!(-0.0), "-0")] {
        assert_eq!(said(&least, &zero), [""; 0]);
        let text = format!("spec.a: Invalid value: {shown}: spec.a in body should be less than 0");
        assert_eq!(said(&less, &zero), [text]);
    }
}

#[test]
fn zeros_of_a_set_are_one_of_each_kind_of_number() {
    let set = json!({
        "type": "array", "items": {"type": "number"}, "x-kubernetes-list-type": "set",
    });
    let twice = "spec.a[1]: Duplicate value: -0".to_owned();
    assert_eq!(
        said(&set, &json!([0.0, -0.0])),
        std::slice::from_ref(&twice)
    );
    assert_eq!(said(&set, &json!([-0.0, -0.0])), [twice]);
    assert_eq!(said(&set, &json!([0, -0.0])), [""; 0]);
    assert_eq!(said(&set, &json!([0, 0.0])), [""; 0]);
}
