//! The canonical form in which recorded and rendered objects are compared.

use serde_json::{Map, Value};

use super::quantity;

/// Fields that the API server sets, and that are ignored.
const SERVER_METADATA: [&str; 5] = [
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "managedFields",
];

/// Keys whose empty objects equal missing ones.
const MEANINGLESS_WHEN_EMPTY: [&str; 7] = [
    "resources",
    "strategy",
    "secretKeyNames",
    "status",
    "loadBalancer",
    "metadata",
    "serviceHostnames",
];

/// Kinds whose status is compared.
const WITH_STATUS: [&str; 3] = ["FeatureStore", "MLflow", "Pod"];

/// An object of the cluster, in canonical form.
pub(super) fn object(mut object: Value) -> Value {
    if let Some(Value::Object(metadata)) = object.get_mut("metadata") {
        metadata.retain(|key, _| !SERVER_METADATA.contains(&key.as_str()));
    }
    let kind = object["kind"].as_str().unwrap_or_default().to_owned();
    if let Value::Object(fields) = &mut object
        && !WITH_STATUS.contains(&kind.as_str())
    {
        fields.remove("status");
    }
    if kind == "ConfigMap"
        && let Some(Value::Object(data)) = object.get_mut("data")
    {
        parse_json(data);
    }
    value(object)
}

/// Parses the JSON in the shared ConfigMaps.
fn parse_json(data: &mut Map<String, Value>) {
    for key in ["namespaces", "endpoints"] {
        if let Some(text) = data.get_mut(key)
            && let Some(json) = text
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok())
        {
            *text = json;
        }
    }
}

/// The status of a FeatureStore, in canonical form.
pub(super) fn status(mut status: Value) -> Value {
    if let Some(Value::Array(conditions)) = status.get_mut("conditions") {
        conditions.sort_by_key(|condition| condition["type"].to_string());
        for condition in conditions {
            if let Value::Object(condition) = condition {
                condition.remove("lastTransitionTime");
            }
        }
    }
    value(status)
}

/// A part of an object: without nulls and meaningless empty objects, quantities by value.
fn value(value: Value) -> Value {
    match value {
        Value::Array(items) => items.into_iter().map(self::value).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, field)| {
                let field = quantities(&key, self::value(field));
                (key, field)
            });
            Value::Object(
                fields
                    .filter(|(key, field)| has_meaning(key, field))
                    .collect(),
            )
        }
        leaf => leaf,
    }
}

fn has_meaning(key: &str, field: &Value) -> bool {
    match field {
        Value::Null => false,
        Value::Object(fields) => !fields.is_empty() || !MEANINGLESS_WHEN_EMPTY.contains(&key),
        _ => true,
    }
}

/// A field with its quantities in canonical form, if the key has some.
fn quantities(key: &str, field: Value) -> Value {
    match (key, field) {
        ("requests" | "limits", Value::Object(amounts)) => Value::Object(
            amounts
                .into_iter()
                .map(|(resource, amount)| (resource, by_value(amount)))
                .collect(),
        ),
        ("target", Value::Object(mut target)) => {
            if let Some(value) = target.get_mut("value") {
                *value = by_value(value.take());
            }
            Value::Object(target)
        }
        ("divisor" | "averageValue" | "tolerance" | "sizeLimit", amount) => by_value(amount),
        (_, field) => field,
    }
}

fn by_value(amount: Value) -> Value {
    let text = amount
        .as_str()
        .map_or_else(|| amount.to_string(), str::to_owned);
    match quantity::nano(&text) {
        Some(nano) => format!("{nano}n").into(),
        None => amount,
    }
}

#[test]
fn equal_though_written_differently() {
    let recorded = serde_json::json!({
        "kind": "Pod",
        "metadata": { "name": "p" },
        "spec": { "containers": [{ "resources": { "limits": { "cpu": "1" } }, "command": ["1000m"] }] },
    });
    let rendered = serde_json::json!({
        "kind": "Pod",
        "metadata": { "name": "p", "uid": "u", "annotations": null },
        "spec": {
            "strategy": {},
            "containers": [{ "resources": { "limits": { "cpu": "1000m" } }, "command": ["1000m"] }],
        },
    });
    assert_eq!(object(recorded), object(rendered.clone()));
    let mut other = rendered.clone();
    other["spec"]["containers"][0]["command"][0] = "1".into();
    assert_ne!(object(rendered), object(other));
}
