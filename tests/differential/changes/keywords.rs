//! Schema keywords with valid, invalid and misplaced values.

use serde_json::{Map, Value, json};

use super::rules;
use crate::random::Random;

/// Keywords of a group with their values; takes the name of a property.
type Choices = fn(name: &str) -> Vec<(&'static str, Value)>;

/// The groups, with their weights.
const KINDS: [(usize, Choices); 9] = [
    (3, types),
    (3, defaults),
    (2, metadata),
    (5, switches),
    (2, parts),
    (4, lists),
    (4, junctors),
    (2, bounds),
    (2, strange),
];
const RULES: usize = 5;

/// A keyword and its value, for a node.
pub(super) fn pick(random: &mut Random, node: &Map<String, Value>) -> (&'static str, Value) {
    let properties = node.get("properties").and_then(Value::as_object);
    let names = properties.into_iter().flat_map(Map::keys);
    let names: Vec<&str> = names.map(String::as_str).chain(["name", "x"]).collect();
    let name = random.pick(&names);
    let sum: usize = KINDS.iter().map(|(weight, _)| weight).sum();
    let mut at = random.below(sum + RULES);
    for (weight, choices) in KINDS {
        if at < weight {
            let mut choices = choices(name);
            return choices.swap_remove(random.below(choices.len()));
        }
        at -= weight;
    }
    let rule = rules::pick(random, name);
    ("x-kubernetes-validations", json!([rule]))
}

/// A keyword with each of some values.
fn each<const N: usize>(keyword: &'static str, values: [Value; N]) -> Vec<(&'static str, Value)> {
    values.map(|value| (keyword, value)).into()
}

fn types(_: &str) -> Vec<(&'static str, Value)> {
    let types = [
        "object", "array", "string", "integer", "number", "boolean", "null", "text",
    ];
    each("type", types.map(Value::from))
}

fn defaults(name: &str) -> Vec<(&'static str, Value)> {
    let defaults = [
        json!({}),
        json!([]),
        json!(""),
        json!("a"),
        json!(1),
        json!(-1),
        json!(1.5),
        json!(true),
        json!({"x": 1}),
        json!([1, 1]),
        json!(["a", "b"]),
        json!({"name": "a"}),
        json!([{}]),
        json!({ name: {} }),
        json!({ name: "a" }),
    ];
    each("default", defaults)
}

/// An embedded resource, and defaults in its metadata.
fn metadata(name: &str) -> Vec<(&'static str, Value)> {
    let defaults = [
        json!({"name": 1}),
        json!({"name": "A/b"}),
        json!({"uid": [], "labels": {"a b": "c"}}),
        json!({"labels": {"a": 1}}),
        json!({"generation": 1.5}),
        json!({"creationTimestamp": "soon"}),
        json!({"finalizers": ["a b"], "unknown": 1}),
        json!({"ownerReferences": [{"uid": true}]}),
        json!(["a"]),
        json!({}),
    ];
    let resource = |metadata: Value| {
        json!({
            "apiVersion": {"type": "string"},
            "kind": {"type": "string", "default": "a/b"},
            "metadata": {
                "type": "object", "x-kubernetes-preserve-unknown-fields": true,
                "default": metadata,
            },
        })
    };
    let within = |metadata: Value| {
        let part = json!({
            "type": "object", "x-kubernetes-embedded-resource": true,
            "properties": resource(metadata),
        });
        json!({ name: part })
    };
    let of_root = defaults
        .clone()
        .map(|metadata| json!({ "metadata": metadata }));
    let of_both = [
        json!({"apiVersion": "a/b/c", "kind": 1}),
        json!({"kind": "a"}),
    ];
    [
        each("properties", defaults.clone().map(resource)),
        each("properties", defaults.map(within)),
        each("default", of_root),
        each("default", of_both),
        each("x-kubernetes-embedded-resource", [true; 5].map(Value::from)),
    ]
    .concat()
}

fn switches(_: &str) -> Vec<(&'static str, Value)> {
    let switches = [
        "nullable",
        "uniqueItems",
        "x-kubernetes-int-or-string",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-preserve-unknown-fields",
    ];
    // More often true than false.
    let set = |keyword| [true, true, false].map(|is_on| (keyword, json!(is_on)));
    switches.into_iter().flat_map(set).collect()
}

fn parts(name: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("additionalProperties", json!(true)),
        ("additionalProperties", json!(false)),
        ("additionalProperties", json!({})),
        ("additionalProperties", json!({"type": "string"})),
        (
            "additionalProperties",
            json!({"type": "object", "default": {}}),
        ),
        ("items", json!({})),
        ("items", json!({"type": "string"})),
        ("items", json!({"type": "object"})),
        ("items", json!([{"type": "string"}])),
        ("items", json!({"type": "string", "nullable": true})),
        (
            "items",
            json!({"type": "object", "properties": {"name": {"type": "string"}}}),
        ),
        (
            "properties",
            json!({
                name: {},
                "metadata": {"type": "object", "properties": {"name": {"type": "string"}}},
            }),
        ),
    ]
}

fn lists(name: &str) -> Vec<(&'static str, Value)> {
    let types = ["atomic", "set", "map", "bag"].map(Value::from);
    let keys = [
        json!(["name"]),
        json!(["x"]),
        json!([]),
        json!(["name", "name"]),
        json!([name]),
    ];
    let map_types = ["atomic", "granular", "other"].map(Value::from);
    [
        each("x-kubernetes-list-type", types),
        each("x-kubernetes-list-map-keys", keys),
        each("x-kubernetes-map-type", map_types),
    ]
    .concat()
}

fn junctors(name: &str) -> Vec<(&'static str, Value)> {
    let lists = [
        json!([{"required": ["name"]}]),
        json!([{"type": "integer"}, {"type": "string"}]),
        json!([{"properties": { name: {"minLength": 1} }}]),
        json!([{"items": {"pattern": "["}}, {"default": 1}]),
        json!([{"properties": {"metadata": {}}}, {"nullable": true, "title": "a"}]),
        json!([{"anyOf": [{"type": "integer"}, {"type": "string"}]}, {"description": "b"}]),
        json!([{"additionalProperties": true}, {"x-kubernetes-list-type": "set"}]),
        json!([{"x-kubernetes-validations": [{"rule": "true"}]}]),
        json!([{"not": {"allOf": [{"properties": {"y": {}}}]}}]),
    ];
    let nots = lists.clone().map(|list| list[0].clone());
    [
        each("allOf", lists.clone()),
        each("anyOf", lists.clone()),
        each("oneOf", lists),
        each("not", nots),
    ]
    .concat()
}

fn bounds(_: &str) -> Vec<(&'static str, Value)> {
    let bounds = [
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
        "maxProperties",
        "minimum",
    ];
    let set = |keyword| [-1, 0, 1, 3].map(|bound| (keyword, json!(bound)));
    let formats = [
        "int32",
        "int64",
        "double",
        "date-time",
        "ipv4",
        "byte",
        "x",
        "",
    ];
    let patterns = ["^a+$", "[", "a**", "(?=a)", "", "x{2000}"].map(Value::from);
    let bounds = bounds.into_iter().flat_map(set);
    let texts = [
        each("pattern", patterns),
        each("format", formats.map(Value::from)),
    ];
    bounds.chain(texts.concat()).collect()
}

/// Forbidden and unknown keywords, nulls, and values of other JSON types.
fn strange(_: &str) -> Vec<(&'static str, Value)> {
    vec![
        ("id", json!("a")),
        ("$ref", json!("#/a")),
        ("$schema", json!("a")),
        ("definitions", json!({"a": {"type": "null"}})),
        ("dependencies", json!({"a": ["b"]})),
        ("patternProperties", json!({"a": {}})),
        ("additionalItems", json!(true)),
        ("additionalItems", json!(false)),
        ("const", json!(1)),
        ("$comment", json!("a")),
        ("type", Value::Null),
        ("properties", json!({"a": null, "b": {"type": "string"}})),
        ("allOf", json!([null])),
        ("required", json!([null, "a"])),
        ("enum", json!([null, 1, "a"])),
        ("default", Value::Null),
        ("x-kubernetes-validations", json!([null])),
        ("items", Value::Null),
        ("maxLength", json!(1.5)),
        ("maxLength", json!("1")),
        ("type", json!(["string"])),
        ("properties", json!([])),
        ("required", json!("a")),
        ("nullable", json!("true")),
        ("enum", json!({})),
    ]
}
