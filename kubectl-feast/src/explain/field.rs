//! The fields of the resource, as the CRD's schema describes them.

use std::fmt::Write as _;
use std::sync::LazyLock;

use feast_api::rules::{RULES, Rule};
use feast_api::schema::documented;
use feast_api::{Release, Version};
use serde_json::Value;

use super::names::similar;
use super::text::indented;

/// What a field is, if the resource has it; if wanted with all fields below it.
pub(super) fn explanation(path: &str, version: Version, recursive: bool) -> Option<String> {
    let schema = schema(version);
    let names = names(path, schema);
    let found = find(schema, &names)?;
    let path = match &names[..] {
        [] => feast_api::KIND.to_owned(),
        names => names.join("."),
    };
    Some(describe(&path, found, version, recursive))
}

/// The schema of a field, by its names without indices.
pub(crate) fn find<'s>(schema: &'s Value, names: &[&str]) -> Option<&'s Value> {
    let mut names = names.iter();
    names.try_fold(schema, |found, name| child(found, name))
}

/// Which part of a path is not there, if it starts with a field.
pub(super) fn missing(path: &str, version: Version) -> Option<String> {
    let schema = schema(version);
    let names = names(path, schema);
    let mut found = schema;
    for (index, name) in names.iter().enumerate() {
        match child(found, name) {
            Some(child) => found = child,
            None if index == 0 || index == 1 && names[0] == "spec" && !path.starts_with("spec") => {
                return None;
            }
            None => {
                let at = names[..index].join(".");
                let fields = children(found).into_iter().map(|(name, _)| name);
                let hint = similar(name, fields);
                return Some(format!("`{at}` has no field `{name}` in {version}{hint}"));
            }
        }
    }
    None
}

/// The schema of a version, with all documentation.
pub(crate) fn schema(version: Version) -> &'static Value {
    static V1: LazyLock<Value> = LazyLock::new(|| documented(Version::V1));
    static V1ALPHA1: LazyLock<Value> = LazyLock::new(|| documented(Version::V1Alpha1));
    match version {
        Version::V1Alpha1 => &V1ALPHA1,
        Version::V1 => &V1,
    }
}

/// The fields that a path may go on to, as paths, with what they are; those of `v1`.
pub(super) fn fields(path: &str) -> Vec<(String, String)> {
    let schema = schema(Version::V1);
    let (start, parent) = match path.rfind('.') {
        Some(dot) => (&path[..=dot], &path[..dot]),
        None => ("", ""),
    };
    let found = find(schema, &names(parent, schema));
    let spec = child(schema, "spec").filter(|_| parent.is_empty());
    let parents = found.into_iter().chain(spec);
    let all = parents.flat_map(children);
    all.map(|(name, schema)| (format!("{start}{name}"), first_sentence(schema)))
        .collect()
}

/// The names of a path, without indices; what is no field of the object is one of its spec.
fn names<'p>(path: &'p str, schema: &Value) -> Vec<&'p str> {
    let names = path
        .split(['.', '['])
        .filter(|name| !name.is_empty() && !name.ends_with(']'));
    let mut names: Vec<_> = names.collect();
    // As for kubectl, which wants to know of which resource.
    if names.first().is_some_and(|first| is_resource(first)) {
        names.remove(0);
    }
    if names
        .first()
        .is_some_and(|first| child(schema, first).is_none())
    {
        names.insert(0, "spec");
    }
    names
}

/// Whether this is what the resource is called.
fn is_resource(name: &str) -> bool {
    let name = name.to_lowercase();
    name == feast_api::PLURAL || name == feast_api::KIND.to_lowercase()
}

fn child<'s>(schema: &'s Value, name: &str) -> Option<&'s Value> {
    let schema = inner(schema);
    schema.get("properties")?.get(name)
}

/// What a list or map holds, else the schema itself.
pub(crate) fn inner(schema: &Value) -> &Value {
    let holds = schema.get("items").or_else(|| {
        schema
            .get("additionalProperties")
            .filter(|inner| inner.is_object())
    });
    holds.map_or(schema, inner)
}

/// The fields below one, with their schemas.
pub(crate) fn children(schema: &Value) -> Vec<(&str, &Value)> {
    let properties = inner(schema).get("properties").and_then(Value::as_object);
    let fields = properties.into_iter().flatten();
    fields
        .map(|(name, schema)| (name.as_str(), schema))
        .collect()
}

fn describe(path: &str, schema: &Value, version: Version, recursive: bool) -> String {
    let mut text = format!("{path} <{}> ({})\n", type_of(schema), version.api_version());
    // Writing to a string cannot fail.
    if let Some(description) = schema["description"].as_str() {
        let _ = write!(text, "\n{}\n", indented(description));
    }
    let facts = facts(path, schema);
    if !facts.is_empty() {
        text.push('\n');
    }
    for (label, value) in facts {
        let _ = writeln!(text, "  {label}: {value}");
    }
    for rule in rules(path, version) {
        let _ = write!(
            text,
            "\n  rule {}:\n{}\n",
            rule.name,
            indented(rule.message)
        );
    }
    let fields = children(schema);
    if recursive && !fields.is_empty() {
        let _ = write!(text, "\nFields:\n{}", tree(schema, "  "));
    } else if !fields.is_empty() {
        let _ = write!(text, "\nFields:\n{}", table(&fields, inner(schema)));
    }
    text
}

/// The rules that stand at a field.
pub(crate) fn rules(path: &str, version: Version) -> impl Iterator<Item = &'static Rule> {
    let rules = RULES.iter().copied();
    rules.filter(move |rule| {
        let stands = |place: &&str| path == format!("spec.{place}").trim_end_matches('.');
        rule.applies_to(version) && rule.places.iter().any(stands)
    })
}

/// All fields below, as `kubectl explain --recursive` shows them.
fn tree(schema: &Value, indent: &str) -> String {
    let fields = children(schema).into_iter();
    let lines = fields.map(|(name, field)| {
        let below = tree(field, &format!("{indent}  "));
        format!("{indent}{name} <{}>\n{below}", type_of(field))
    });
    lines.collect()
}

fn table(fields: &[(&str, &Value)], schema: &Value) -> String {
    let head = |(name, field): &(&str, &Value)| {
        let mark = if is_required(schema, name) {
            " (required)"
        } else {
            ""
        };
        format!("{name} <{}>{mark}", type_of(field))
    };
    let width = fields
        .iter()
        .map(|field| head(field).len())
        .max()
        .unwrap_or(0);
    let line = |field: &(&str, &Value)| {
        format!("  {:width$}  {}", head(field), first_sentence(field.1))
            .trim_end()
            .to_owned()
            + "\n"
    };
    fields.iter().map(line).collect()
}

/// Whether an object has to have a field.
pub(crate) fn is_required(schema: &Value, name: &str) -> bool {
    let required = schema["required"].as_array();
    required.is_some_and(|names| names.iter().any(|other| other == name))
}

/// The first sentence of a description, without its full stop.
fn first_sentence(schema: &Value) -> String {
    let description = schema["description"].as_str().unwrap_or("");
    let first = description.split(". ").next().unwrap_or("");
    first.replace('\n', " ").trim_end_matches('.').to_owned()
}

/// What kind of value a field has.
pub(crate) fn type_of(schema: &Value) -> String {
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

/// What the schema demands of a value, and since which release there is one.
pub(crate) fn facts(path: &str, schema: &Value) -> Vec<(&'static str, String)> {
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
