//! Structural schemas: every field is described outside of `allOf`, `anyOf`, `oneOf` and `not`,
//! which contain only value validations.
//!
//! From `pkg/apiserver/schema` of the server.

use serde_json::{Value, json};

use super::node::Node;
use crate::error::{BadValue, Violation};
use crate::path::{Path, Segment};
use crate::regexp;

const METADATA: &str = "metadata";

/// The position of a node in a schema.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Root,
    Item,
    Field,
}

/// Keywords that no schema in a CRD may have, as the server's message spells them.
const UNSUPPORTED: [&str; 7] = [
    "id",
    "schema",
    "$ref",
    "patternProperties",
    "dependencies",
    "additionalItems",
    "definitions",
];

/// Why a schema cannot be converted to a structural one. The server then only checks single
/// keywords.
pub(super) fn fault(schema: Node<'_>) -> Option<String> {
    let is_set = |keyword: &str| match keyword {
        "schema" => !schema.text("$schema").is_empty(),
        "id" | "$ref" => !schema.text(keyword).is_empty(),
        "additionalItems" => schema.has(keyword),
        _ => schema.has_some(keyword),
    };
    if let Some(keyword) = UNSUPPORTED.into_iter().find(|keyword| is_set(keyword)) {
        return Some(format!("OpenAPIV3Schema '{keyword}' is not supported"));
    }
    if schema.get("x-kubernetes-preserve-unknown-fields") == Some(&Value::Bool(false)) {
        let text =
            "internal error: 'x-kubernetes-preserve-unknown-fields' must be true or undefined";
        return Some(text.to_owned());
    }
    if schema.has_some("items") && schema.part("items").is_none() {
        return Some("OpenAPIV3Schema 'items' must be a schema, but is an array".to_owned());
    }
    let junctors = ["allOf", "anyOf", "oneOf"];
    let parts = ["not", "items", "additionalProperties"];
    let mut below = junctors
        .into_iter()
        .flat_map(|keyword| schema.list(keyword))
        .chain(parts.into_iter().filter_map(|keyword| schema.part(keyword)))
        .chain(schema.parts("properties").map(|(_, part)| part));
    below.find_map(fault)
}

/// Reports why a schema is not structural.
pub(super) fn check(root: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    invariants(root, Level::Root, path, out);
    Completeness { out }.junctors(root, Some(root), path, path);
}

fn invariants(schema: Node<'_>, level: Level, path: &Path<'_>, out: &mut Vec<Violation>) {
    let kind = schema.text("type");
    let is_embedded = schema.flag("x-kubernetes-embedded-resource");
    let is_int_or_string = schema.flag("x-kubernetes-int-or-string");
    let keeps_unknown = schema.flag("x-kubernetes-preserve-unknown-fields");
    if kind == "array" && !schema.has("items") {
        out.push(required(path, "items", "must be specified"));
    }
    if let Some(items) = schema.part("items") {
        invariants(items, Level::Item, &path.field("items"), out);
    }
    let properties = path.field("properties");
    for (name, part) in schema.parts("properties") {
        let path = properties.child(Segment::Key(name));
        invariants(part, Level::Field, &path, out);
    }
    if schema.has("additionalProperties") {
        const NAME: &str = "additionalProperties";
        if level == Level::Root {
            out.push(forbidden(path, NAME, "must not be used at the root"));
        }
        if let Some(values) = schema.part(NAME) {
            invariants(values, Level::Field, &path.field(NAME), out);
        }
        if is_embedded {
            let detail = "must not be used if x-kubernetes-embedded-resource is set";
            out.push(forbidden(path, NAME, detail));
        }
    }
    for (is_set, name) in [
        (keeps_unknown, "x-kubernetes-preserve-unknown-fields"),
        (is_embedded, "x-kubernetes-embedded-resource"),
    ] {
        if is_int_or_string && is_set {
            let detail = "must be false if x-kubernetes-int-or-string is true";
            out.push(invalid(path, name, BadValue::Bool(true), detail));
        }
    }
    let first = schema.list("allOf").next();
    let skipped = Skipped {
        any_of: is_int_or_string_pattern(schema),
        any_of_in_first: first.is_some_and(is_int_or_string_pattern),
    };
    checks_of_values(schema, skipped, path, out);
    check_type(schema, level, path, out);
    check_type_and_metadata(schema, level, path, out);
    if is_embedded && !keeps_unknown && !schema.has_some("properties") {
        let detail = "must not be empty if x-kubernetes-embedded-resource is true without \
                      x-kubernetes-preserve-unknown-fields";
        out.push(required(path, "properties", detail));
    }
}

fn check_type(schema: Node<'_>, level: Level, path: &Path<'_>, out: &mut Vec<Violation>) {
    let kind = schema.text("type");
    let may_be_absent = schema.flag("x-kubernetes-int-or-string")
        || schema.flag("x-kubernetes-preserve-unknown-fields");
    if schema.flag("x-kubernetes-embedded-resource") && kind != "object" {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        out.push(if kind.is_empty() {
            required(path, "type", detail)
        } else {
            invalid(path, "type", BadValue::text(kind), detail)
        });
    } else if kind.is_empty() && !may_be_absent {
        let detail = match level {
            Level::Root => "must not be empty at the root",
            Level::Item => "must not be empty for specified array items",
            Level::Field => "must not be empty for specified object fields",
        };
        out.push(required(path, "type", detail));
    }
    if level == Level::Root && !kind.is_empty() && kind != "object" {
        let detail = "must be object at the root";
        out.push(invalid(path, "type", BadValue::text(kind), detail));
    }
}

/// Checks type and metadata of the root and of embedded resources, which the server defines.
fn check_type_and_metadata(
    schema: Node<'_>,
    level: Level,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    let Some(properties) = schema.part("properties") else {
        return;
    };
    let is_resource = level == Level::Root || schema.flag("x-kubernetes-embedded-resource");
    let parent = path.field("properties");
    let mut demand = |name: &'static str, kind: &str, detail: &str| {
        let part = properties.part(name).filter(|_| is_resource);
        if let Some(found) = part
            .map(|part| part.text("type"))
            .filter(|found| *found != kind)
        {
            let path = parent.child(Segment::Key(name));
            out.push(invalid(&path, "type", BadValue::text(found), detail));
        }
    };
    demand("kind", "string", "must be string");
    demand("apiVersion", "string", "must be string");
    demand(METADATA, "object", "must be object");
    let metadata = properties.part(METADATA);
    if level == Level::Root && metadata.is_some_and(|metadata| !is_bare(metadata)) {
        let detail = "must not specify anything other than name and generateName, but metadata is \
                      implicitly specified";
        let path = parent.child(Segment::Key(METADATA));
        out.push(Violation::forbidden(path.bracketed(), detail));
    }
}

/// Whether a schema of metadata only says that it is an object with a name.
fn is_bare(metadata: Node<'_>) -> bool {
    metadata
        .fields()
        .all(|(keyword, value)| match (keyword, value) {
            ("type" | "default" | "example" | "externalDocs", _) => true,
            ("properties", Value::Object(names)) => names
                .keys()
                .all(|name| name == "name" || name == "generateName"),
            _ => is_empty_list(keyword, value),
        })
}

/// Whether the value is an empty list of a keyword for which that equals a missing one.
fn is_empty_list(keyword: &str, value: &Value) -> bool {
    let items = value.as_array().map(Vec::as_slice);
    ["enum", "allOf", "anyOf", "oneOf"].contains(&keyword) && items == Some(&[])
}

/// Whether an `anyOf` only says that a value is an integer or a string.
fn is_int_or_string_pattern(schema: Node<'_>) -> bool {
    let mut kinds = schema.items("anyOf").iter();
    let mut is_next = |kind: &str| {
        kinds.next().is_some_and(|json| {
            let Some(node) = Node::of(json) else {
                return false;
            };
            let is_checked = |(keyword, value): &(&str, &Value)| match *keyword {
                "example" | "externalDocs" => false,
                "additionalProperties" => **value != json!(false),
                _ => !is_empty_list(keyword, value),
            };
            let mut said = node.fields().filter(is_checked);
            said.next() == Some(("type", &json!(kind))) && said.next().is_none()
        })
    };
    is_next("integer") && is_next("string") && kinds.next().is_none()
}

/// Where an `anyOf` may have types: the int-or-string patterns.
#[derive(Clone, Copy, Default)]
struct Skipped {
    any_of: bool,
    /// In the first schema of `allOf`.
    any_of_in_first: bool,
}

fn checks_of_values(schema: Node<'_>, skipped: Skipped, path: &Path<'_>, out: &mut Vec<Violation>) {
    for keyword in ["anyOf", "allOf", "oneOf"] {
        if keyword == "anyOf" && skipped.any_of {
            continue;
        }
        let list = path.field(keyword);
        for (index, part) in schema.list(keyword).enumerate() {
            let skipped = Skipped {
                any_of: keyword == "allOf" && index == 0 && skipped.any_of_in_first,
                ..Skipped::default()
            };
            nested(part, skipped, &list.index(index), out);
        }
    }
    if let Some(not) = schema.part("not") {
        nested(not, Skipped::default(), &path.field("not"), out);
    }
    let pattern = schema.text("pattern");
    if let Err(error) = regexp::check(pattern) {
        let detail = format!("must be a valid regular expression, but isn't: {error}");
        out.push(invalid(path, "pattern", BadValue::text(pattern), detail));
    }
}

/// Keywords that are forbidden in a nested schema, with the server's message.
const FORBIDDEN: [(&str, &str); 12] = [
    ("type", "must be empty to be structural"),
    ("additionalProperties", "must be undefined to be structural"),
    ("default", "must be undefined to be structural"),
    ("title", "must be empty to be structural"),
    ("description", "must be empty to be structural"),
    ("nullable", "must be false to be structural"),
    (
        "x-kubernetes-preserve-unknown-fields",
        "must be false to be structural",
    ),
    (
        "x-kubernetes-embedded-resource",
        "must be false to be structural",
    ),
    (
        "x-kubernetes-int-or-string",
        "must be false to be structural",
    ),
    (
        "x-kubernetes-list-map-keys",
        "must be empty to be structural",
    ),
    (
        "x-kubernetes-list-type",
        "must be undefined to be structural",
    ),
    (
        "x-kubernetes-map-type",
        "must be undefined to be structural",
    ),
];

/// Checks a schema in `allOf`, `anyOf`, `oneOf` or `not`.
fn nested(schema: Node<'_>, skipped: Skipped, path: &Path<'_>, out: &mut Vec<Violation>) {
    checks_of_values(schema, skipped, path, out);
    if let Some(items) = schema.part("items") {
        nested(items, Skipped::default(), &path.field("items"), out);
    }
    let properties = path.field("properties");
    for (name, part) in schema.parts("properties") {
        let path = properties.child(Segment::Key(name));
        nested(part, Skipped::default(), &path, out);
        // Nested schemas must not restrict the metadata of objects.
        if name == METADATA {
            let detail = "must not be specified in a nested context";
            out.push(Violation::forbidden(path.bracketed(), detail));
        }
    }
    let is_set = |keyword: &str| match schema.get(keyword) {
        None => false,
        // `additionalProperties: false` equals a missing one.
        Some(Value::Bool(is_set)) => *is_set,
        Some(Value::String(text)) => !text.is_empty() || keyword.starts_with("x-"),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(_) => true,
    };
    for (keyword, detail) in FORBIDDEN {
        if is_set(keyword) || keyword == "default" && schema.has(keyword) {
            out.push(forbidden(path, keyword, detail));
        }
    }
    if schema.has_some("x-kubernetes-validations") {
        let detail = "must be empty to be structural";
        out.push(forbidden(path, "x-kubernetes-validations", detail));
    }
}

/// Checks that fields and items in nested schemas are also described outside of them.
struct Completeness<'o> {
    out: &'o mut Vec<Violation>,
}

impl Completeness<'_> {
    fn junctors(
        &mut self,
        said: Node<'_>,
        described: Option<Node<'_>>,
        place: &Path<'_>,
        path: &Path<'_>,
    ) {
        if let Some(not) = said.part("not") {
            self.nested(not, described, place, &path.field("not"));
        }
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let list = path.field(keyword);
            for (index, part) in said.list(keyword).enumerate() {
                self.nested(part, described, place, &list.index(index));
            }
        }
    }

    fn nested(
        &mut self,
        said: Node<'_>,
        described: Option<Node<'_>>,
        place: &Path<'_>,
        path: &Path<'_>,
    ) {
        let Some(schema) = described else {
            let detail = format!("because it is defined in {}", path.bracketed());
            self.out
                .push(Violation::required(place.bracketed(), detail));
            return;
        };
        self.junctors(said, described, place, path);
        if let Some(items) = said.part("items") {
            let (place, path) = (place.field("items"), path.field("items"));
            self.nested(items, schema.part("items"), &place, &path);
        }
        let (place, path) = (place.field("properties"), path.field("properties"));
        for (name, part) in said.parts("properties") {
            let (place, path) = (
                place.child(Segment::Key(name)),
                path.child(Segment::Key(name)),
            );
            let described = schema.part("properties").and_then(|all| all.part(name));
            self.nested(part, described, &place, &path);
        }
    }
}

fn required(path: &Path<'_>, name: &str, detail: &str) -> Violation {
    Violation::required(path.field(name).bracketed(), detail)
}

fn forbidden(path: &Path<'_>, name: &str, detail: &str) -> Violation {
    Violation::forbidden(path.field(name).bracketed(), detail)
}

fn invalid(path: &Path<'_>, name: &str, value: BadValue, detail: impl Into<String>) -> Violation {
    Violation::invalid(path.field(name).bracketed(), value, detail)
}
