//! Reads keywords of a well-formed node from its JSON.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::{Limits, List, Types};
use crate::definition::Node;

/// Annotations, without effect on validation.
pub(super) const ANNOTATIONS: [&str; 5] = [
    "description",
    "title",
    "example",
    "externalDocs",
    // How server-side apply merges objects.
    "x-kubernetes-map-type",
];

/// Keywords that become [`Limits`].
pub(super) const LIMITS: [&str; 8] = [
    "maximum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

/// Keywords that become [`Junctors`](super::Junctors).
pub(super) const JUNCTORS: [&str; 4] = ["allOf", "anyOf", "oneOf", "not"];

/// The limits, if there are any.
pub(super) fn limits(node: Node<'_>) -> Option<Limits> {
    let number = |keyword: &str| node.get(keyword).and_then(Value::as_f64);
    let limits = Limits {
        maximum: number("maximum"),
        excludes_maximum: node.flag("exclusiveMaximum"),
        excludes_minimum: node.flag("exclusiveMinimum"),
        multiple_of: number("multipleOf"),
        min_items: least(node, "minItems"),
        max_items: node.integer("maxItems"),
        min_properties: least(node, "minProperties"),
        max_properties: node.integer("maxProperties"),
        forbids_others: node.get("additionalProperties") == Some(&Value::Bool(false)),
    };
    (limits != Limits::default()).then_some(limits)
}

/// A lower bound of a count; a negative one has no effect.
pub(super) fn least(node: Node<'_>, keyword: &str) -> Option<u64> {
    node.get(keyword).and_then(Value::as_u64)
}

/// The types that a node admits.
pub(super) fn types(node: Node<'_>) -> Types {
    if !node.flag("x-kubernetes-int-or-string") {
        return declared_types(node);
    }
    let int_or_string = json!([{"type": "integer"}, {"type": "string"}]);
    let is_said_twice = node.get("anyOf") == Some(&int_or_string);
    // This ignores `type`.
    Types::IntOrString { is_said_twice }
}

/// The types in `type` alone.
pub(super) fn declared_types(node: Node<'_>) -> Types {
    match node.text("type") {
        "" => Types::Any,
        "object" => Types::Object,
        "array" => Types::Array,
        "string" => Types::String,
        "boolean" => Types::Boolean,
        "integer" => Types::Integer,
        "number" => Types::Number,
        _ => Types::Nothing,
    }
}

pub(super) fn list(node: Node<'_>) -> List {
    match node.text("x-kubernetes-list-type") {
        "set" => List::Set,
        "map" => List::Map(texts(node, "x-kubernetes-list-map-keys").into()),
        _ => List::Atomic,
    }
}

pub(super) fn texts(node: Node<'_>, keyword: &str) -> Vec<Cow<'static, str>> {
    let texts = node.texts(keyword);
    texts.map(|text| text.to_owned().into()).collect()
}
