//! Random values of a schema.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

/// Texts that rules treat differently.
const TEXTS: &[&str] = &[
    "", "/", "a", "a/b", "/a", "/a/", "//a", "/a//b", "/.", "/a/.", "/./a", "/..", "/a/../b",
    "/a:b", "a:b", "s3://b/k", "gs://b", "s3:/b", "S3://b", "/data\n", "é",
];

/// The schema of a version of the CRD.
pub(crate) fn schema(version: &str) -> Value {
    let crd: Value = serde_json::from_str(feast_api::crd::JSON).expect("the CRD");
    let versions = crd["spec"]["versions"].as_array().expect("versions");
    let version = versions
        .iter()
        .find(|v| v["name"] == version)
        .expect("the version");
    version["schema"]["openAPIV3Schema"].clone()
}

/// A schema with only those properties that a text mentions, or that are required.
pub(crate) fn named_in(schema: &Value, text: &str) -> Value {
    let mut schema = schema.clone();
    let required = schema["required"].clone();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|name, _| {
            text.contains(name.as_str())
                || required
                    .as_array()
                    .is_some_and(|r| r.contains(&json!(name)))
        });
        for property in properties.values_mut() {
            *property = named_in(property, text);
        }
    }
    schema
}

/// Specs with the fields that rules read.
#[allow(dead_code, reason = "not every test wants them")]
pub(crate) fn specs() -> impl Strategy<Value = Value> {
    let rules = feast_api::rules::RULES.iter();
    let texts = rules.flat_map(|rule| [&rule.expression].into_iter().chain(rule.places));
    let names: String = texts.copied().collect();
    let spec = named_in(&schema("v1")["properties"]["spec"], &names);
    values(&spec).prop_map(|mut spec| {
        spec["feastProject"] = "a".into();
        spec
    })
}

/// A FeatureStore with a spec.
#[allow(dead_code, reason = "not every test wants it")]
pub(crate) fn object(spec: &Value) -> Value {
    json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": {"name": "a", "resourceVersion": "1"},
        "spec": spec,
    })
}

/// Values of a schema.
pub(crate) fn values(schema: &Value) -> BoxedStrategy<Value> {
    if let Some(values) = schema["enum"].as_array() {
        return select(values.clone()).boxed();
    }
    if schema["x-kubernetes-int-or-string"] == true {
        return prop_oneof![Just(json!(1)), Just(json!("50%"))].boxed();
    }
    match schema["type"].as_str() {
        Some("object") if schema["additionalProperties"].is_object() => {
            let keys = select(vec!["a", "enabled", "auto_log", "log_operations"]);
            let entry = (keys, values(&schema["additionalProperties"]));
            let entries = proptest::collection::vec(entry, 0..3);
            let object = |entries: Vec<(&str, Value)>| {
                let fields = entries
                    .into_iter()
                    .map(|(key, value)| (key.to_owned(), value));
                Value::Object(fields.collect())
            };
            entries.prop_map(object).boxed()
        }
        Some("object") => objects(schema),
        Some("array") => proptest::collection::vec(values(&schema["items"]), 0..3)
            .prop_map(Value::from)
            .boxed(),
        Some("boolean") => any::<bool>().prop_map(Value::from).boxed(),
        Some("integer") => (0..4_i64).prop_map(Value::from).boxed(),
        _ => select(TEXTS).prop_map(Value::from).boxed(),
    }
}

fn objects(schema: &Value) -> BoxedStrategy<Value> {
    let required = schema["required"].as_array().cloned().unwrap_or_default();
    let mut objects = Just(Map::new()).boxed();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let value = values(property);
        let field = if required.contains(&json!(name)) {
            value.prop_map(Some).boxed()
        } else {
            prop::option::weighted(0.6, value).boxed()
        };
        let name = name.clone();
        objects = (objects, field)
            .prop_map(move |(mut object, value)| {
                if let Some(value) = value {
                    object.insert(name.clone(), value);
                }
                object
            })
            .boxed();
    }
    objects.prop_map(Value::Object).boxed()
}
