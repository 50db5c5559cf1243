//! Any text as a rule: compiled, and evaluated on an object.
#![no_main]

use feast_kube::validate::Crd;
use libfuzzer_sys::fuzz_target;
use serde_json::json;

fuzz_target!(|text: &str| {
    let definition = json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {
                "kind": "Thing", "listKind": "ThingList",
                "plural": "things", "singular": "thing",
            },
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "schema": {"openAPIV3Schema": {
                    "type": "object",
                    "properties": {"spec": {
                        "type": "object",
                        "properties": {
                            "text": {"type": "string", "maxLength": 20},
                            "count": {"type": "integer"},
                            "share": {"type": "number"},
                            "is": {"type": "boolean"},
                            "port": {"x-kubernetes-int-or-string": true},
                            "at": {"type": "string", "format": "date-time"},
                            "list": {
                                "type": "array", "maxItems": 5,
                                "items": {"type": "string", "maxLength": 9},
                            },
                            "map": {
                                "type": "object", "maxProperties": 5,
                                "additionalProperties": {"type": "integer"},
                            },
                        },
                        "x-kubernetes-validations": [{"rule": text, "messageExpression": text}],
                    }},
                }},
            }],
        },
    });
    let Ok(crd) = Crd::parse(definition.to_string().as_bytes()) else {
        return;
    };
    let validator = crd.version("v1").expect("served");
    let object = json!({
        "apiVersion": "example.com/v1",
        "kind": "Thing",
        "metadata": {"name": "sample"},
        "spec": {
            "text": "héllo 10.0.0.1", "count": -7, "share": 0.5, "is": true, "port": "http",
            "at": "2024-02-29T23:59:59.5Z", "list": ["b", "a", "b"], "map": {"x": 1, "y": 2},
        },
    });
    let verdict = validator.create(&object);
    assert_eq!(validator.is_valid(&object), verdict.is_allowed());
});
