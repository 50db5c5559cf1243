//! A schema with a single rule, for the native twin and for kube-cel.

use feast_api::rules::Rule;
use feast_validate::{Crd, rules::RULES};
use serde_json::{Value, json};

use crate::common::named_in;

/// The schema at a path below the spec.
pub(crate) fn place<'s>(spec: &'s Value, place: &str) -> &'s Value {
    let steps = place.split('.').filter(|step| !step.is_empty());
    steps.fold(spec, |schema, step| &schema["properties"][step])
}

/// The schema of a node with one rule and no other validation.
///
/// It keeps only the fields that a text mentions, and the rule itself as a rule.
pub(crate) fn with_rule_alone(schema: &Value, text: &str, rule: &Rule) -> Value {
    let mut schema = named_in(schema, text);
    strip(&mut schema);
    schema["x-kubernetes-validations"] =
        json!([{"rule": rule.expression, "message": rule.message}]);
    schema
}

fn strip(schema: &mut Value) {
    if let Some(schema) = schema.as_object_mut() {
        for keyword in [
            "x-kubernetes-validations",
            "minimum",
            "pattern",
            "enum",
            "default",
        ] {
            schema.remove(keyword);
        }
        for part in ["properties", "additionalProperties", "items"] {
            match schema.get_mut(part) {
                Some(Value::Object(parts)) if part == "properties" => {
                    parts.values_mut().for_each(strip);
                }
                Some(part) => strip(part),
                None => {}
            }
        }
    }
}

/// A resource whose spec has the schema.
pub(crate) fn resource(schema: &Value) -> Crd {
    let crd = json!({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "things.example.com"}, "spec": {
        "group": "example.com", "scope": "Namespaced", "names": {"kind": "Thing", "plural": "things"},
        "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema": {
            "type": "object", "properties": {"spec": schema},
        }}}],
    }});
    Crd::compile(&crd, RULES).expect("compiles")
}

pub(crate) fn thing(spec: &Value) -> Value {
    json!({"apiVersion": "example.com/v1", "kind": "Thing",
           "metadata": {"name": "a", "resourceVersion": "1"}, "spec": spec})
}

pub(crate) fn without_underscore(value: &Value) -> Value {
    let text = value
        .to_string()
        .replace("s3_additional_kwargs", "s3AdditionalKwargs");
    serde_json::from_str(&text).expect("is JSON")
}
