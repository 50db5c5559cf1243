//! The fields of the resource, for a terminal.

use std::fmt::Write as _;

use feast_api::Version;
use feast_check::editing::fields::{
    child, children, facts, find, inner, is_required, rules, schema, type_of,
};
use serde_json::Value;

use super::names::similar;
use super::text::indented;

/// Explains a field, if the resource has it; optionally with all fields below it.
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

/// The part of a path that does not exist, if the path starts with a field.
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

/// The fields of `v1` that complete a path, as paths, with their descriptions.
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

/// The names in a path, without indices. A path that does not start at the object starts at its
/// spec.
fn names<'p>(path: &'p str, schema: &Value) -> Vec<&'p str> {
    let names = path
        .split(['.', '['])
        .filter(|name| !name.is_empty() && !name.ends_with(']'));
    let mut names: Vec<_> = names.collect();
    // kubectl requires the name of the resource first.
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

/// Whether this is a name of the resource.
fn is_resource(name: &str) -> bool {
    let name = name.to_lowercase();
    name == feast_api::PLURAL || name == feast_api::KIND.to_lowercase()
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

/// All fields below, as in `kubectl explain --recursive`.
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

/// The first sentence of a description, without its full stop.
fn first_sentence(schema: &Value) -> String {
    let description = schema["description"].as_str().unwrap_or("");
    let first = description.split(". ").next().unwrap_or("");
    first.replace('\n', " ").trim_end_matches('.').to_owned()
}
