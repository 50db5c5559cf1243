//! The fields of the resource, as the CRD's schema describes them.

use std::sync::LazyLock;

use feast_api::crd::documented;
use feast_api::rules::{RULES, Rule};
use feast_api::{Release, Version};
use serde_json::Value;

/// The schema of a version, with all documentation.
pub fn schema(version: Version) -> &'static Value {
    static V1: LazyLock<Value> = LazyLock::new(|| documented(Version::V1));
    static V1ALPHA1: LazyLock<Value> = LazyLock::new(|| documented(Version::V1Alpha1));
    match version {
        Version::V1Alpha1 => &V1ALPHA1,
        Version::V1 => &V1,
    }
}

/// The schema of a field, by its names without indices.
pub fn find<'s>(schema: &'s Value, names: &[&str]) -> Option<&'s Value> {
    let mut names = names.iter();
    names.try_fold(schema, |found, name| child(found, name))
}

/// The schema of a field of an object, or of the elements of a list or map of objects.
pub fn child<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
    let schema = inner(schema);
    schema.get("properties")?.get(name)
}

/// The schema of a list's or map's elements, or else the schema itself.
pub fn inner(schema: &Value) -> &Value {
    let holds = schema.get("items").or_else(|| {
        schema
            .get("additionalProperties")
            .filter(|inner| inner.is_object())
    });
    holds.map_or(schema, inner)
}

/// The fields of an object, with their schemas.
pub fn children(schema: &Value) -> Vec<(&str, &Value)> {
    let properties = inner(schema).get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten();
    fields
        .map(|(name, schema)| (name.as_str(), schema))
        .collect()
}

/// Whether an object requires a field.
pub fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema["required"].as_array();
    required.is_some_and(|names| names.iter().any(|other| other == name))
}

/// The type of a field.
pub fn type_of(schema: &Value) -> String {
    if schema["x-kubernetes-int-or-string"] == true {
        return "integer or string".to_owned();
    }
    match schema["type"].as_str() {
        Some("array") => format!("list of {}", type_of(&schema["items"])),
        Some("object") if schema["additionalProperties"].is_object() => {
            format!("map of {}", type_of(&schema["additionalProperties"]))
        }
        Some(name) => name.to_owned(),
        None => "any".to_owned(),
    }
}

/// Constraints on a value, and the release that added it.
pub fn facts(path: &str, schema: &Value) -> Vec<(&'static str, String)> {
    let shown = [
        ("default", "default"),
        ("enum", "one of"),
        ("format", "format"),
        ("minimum", "at least"),
        ("maximum", "at most"),
        ("minLength", "characters, at least"),
        ("maxLength", "characters, at most"),
        ("minItems", "items, at least"),
        ("maxItems", "items, at most"),
        ("pattern", "pattern"),
    ];
    let bounds = shown.into_iter().filter_map(|(key, label)| {
        let value = match &schema[key] {
            Value::Null => return None,
            Value::String(text) => text.clone(),
            Value::Array(items) => {
                let items = items.iter().map(|item| {
                    item.as_str()
                        .map_or_else(|| item.to_string(), str::to_owned)
                });
                items.collect::<Vec<_>>().join(", ")
            }
            value => value.to_string().trim_end_matches(".0").to_owned(),
        };
        Some((label, value))
    });
    let since = Release::of_field(path).map(|release| ("since", release.to_string()));
    bounds.chain(since).collect()
}

/// The rules of a field.
pub fn rules(path: &str, version: Version) -> impl Iterator<Item = &'static Rule> {
    let rules = RULES.iter().copied();
    rules.filter(move |rule| {
        let stands = |place: &&str| path == format!("spec.{place}").trim_end_matches('.');
        rule.applies_to(version) && rule.places.iter().any(stands)
    })
}
