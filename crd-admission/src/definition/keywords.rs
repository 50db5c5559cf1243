//! The server's checks of each keyword, anywhere in a schema.
//!
//! From `pkg/apis/apiextensions/validation` of the server.

use std::cell::LazyCell;
use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::node::Node;
use super::{steps, structural};
use crate::error::{BadValue, Violation};
use crate::field_path::FieldPath;
use crate::path::{Path, Segment};

const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
const LIST_TYPES: [&str; 3] = ["atomic", "set", "map"];
const MAP_TYPES: [&str; 2] = ["atomic", "granular"];
const REASONS: [&str; 4] = [
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
];
const LIST_TYPE: &str = "x-kubernetes-list-type";
const MAP_TYPE: &str = "x-kubernetes-map-type";
const KEYS: &str = "x-kubernetes-list-map-keys";
const KEEPS: &str = "x-kubernetes-preserve-unknown-fields";

/// Constraints on a node from its parents.
#[derive(Clone, Copy, Default)]
struct Surroundings {
    /// Why defaults are forbidden.
    no_defaults: Option<&'static str>,
    /// The node is in the type or the metadata of a resource.
    in_metadata: bool,
}

/// Checks the keywords of a schema.
pub(super) fn check(root: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    check_node(root, true, Surroundings::default(), path, out);
}

fn check_node(
    schema: Node<'_>,
    is_root: bool,
    around: Surroundings,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    let mut node = Checked { schema, path, out };
    node.unsupported(around);
    node.combination();
    node.map_type();
    node.list_type();
    node.map_keys();
    node.keys_of_items();
    node.rules();
    check_fields(schema, is_root, around, path, out);
    check_junctors(schema, around, path, out);
    let items = path.field("items");
    if let Some(part) = schema.part("items") {
        check_node(part, false, around, &items, out);
    }
    for (index, part) in schema.list("items").enumerate() {
        check_node(part, false, around, &items.index(index), out);
    }
}

fn check_fields(
    schema: Node<'_>,
    is_root: bool,
    around: Surroundings,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    const VALUES: &str = "additionalProperties";
    if let Some(values) = schema.part(VALUES) {
        let no_defaults = "inside additionalProperties applying to object metadata";
        let around = Surroundings {
            no_defaults: around
                .in_metadata
                .then_some(no_defaults)
                .or(around.no_defaults),
            ..around
        };
        check_node(values, false, around, &path.field(VALUES), out);
    }
    let is_resource = is_root || schema.flag("x-kubernetes-embedded-resource");
    let properties = path.field("properties");
    for (name, part) in schema.parts("properties") {
        let no_defaults = match name {
            "apiVersion" => Some("in top-level apiVersion"),
            "kind" => Some("in top-level kind"),
            "metadata" => Some("in top-level metadata"),
            _ => None,
        };
        let around = Surroundings {
            in_metadata: around.in_metadata || is_resource && no_defaults.is_some(),
            no_defaults: no_defaults.filter(|_| is_root).or(around.no_defaults),
        };
        let path = properties.child(Segment::Key(name));
        check_node(part, false, around, &path, out);
    }
}

fn check_junctors(
    schema: Node<'_>,
    around: Surroundings,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    if let Some(not) = schema.part("not") {
        check_node(not, false, around, &path.field("not"), out);
    }
    for keyword in ["allOf", "oneOf", "anyOf"] {
        let list = path.field(keyword);
        for (index, part) in schema.list(keyword).enumerate() {
            check_node(part, false, around, &list.index(index), out);
        }
    }
    for keyword in ["definitions", "dependencies"] {
        let map = path.field(keyword);
        for (name, part) in schema.parts(keyword) {
            check_node(part, false, around, &map.child(Segment::Key(name)), out);
        }
    }
}

/// A node, while its keywords are checked.
struct Checked<'a, 'p> {
    schema: Node<'a>,
    path: &'p Path<'p>,
    out: &'p mut Vec<Violation>,
}

impl Checked<'_, '_> {
    fn forbid(&mut self, keyword: &str, detail: impl Into<String>) {
        let path = self.path.field(keyword).bracketed();
        self.out.push(Violation::forbidden(path, detail));
    }

    fn require(&mut self, keyword: &str, detail: &str) {
        let path = self.path.field(keyword).bracketed();
        self.out.push(Violation::required(path, detail));
    }

    fn refuse(&mut self, keyword: &str, value: BadValue, detail: &str) {
        let path = self.path.field(keyword).bracketed();
        self.out.push(Violation::invalid(path, value, detail));
    }

    fn demand_one_of(&mut self, keyword: &str, choices: &[&str]) {
        let Some(text) = self.schema.optional_text(keyword) else {
            return;
        };
        if !choices.contains(&text) {
            let path = self.path.field(keyword).bracketed();
            self.out.push(Violation::not_supported(path, text, choices));
        }
    }

    fn unsupported(&mut self, around: Surroundings) {
        let schema = self.schema;
        if !schema.text("type").is_empty() {
            self.demand_one_of("type", &TYPES);
        }
        if let Some(reason) = around.no_defaults.filter(|_| schema.has("default")) {
            self.forbid("default", format!("must not be set {reason}"));
        }
        let is_there = |keyword: &str| match keyword {
            "id" => !schema.text("id").is_empty(),
            "patternProperties" | "definitions" => schema.has_some(keyword),
            _ => schema.has(keyword),
        };
        for keyword in [
            "id",
            "additionalItems",
            "patternProperties",
            "definitions",
            "dependencies",
            "$ref",
        ] {
            if is_there(keyword) {
                self.forbid(keyword, format!("{keyword} is not supported"));
            }
        }
        if schema.text("type") == "null" {
            let detail = "type cannot be set to null, use nullable as an alternative";
            self.forbid("type", detail);
        }
        if !schema.items("items").is_empty() {
            self.forbid("items", "items must be a schema object and not an array");
        }
        if around.in_metadata && schema.flag("x-kubernetes-embedded-resource") {
            let detail = "must not be used inside of resource meta";
            self.forbid("x-kubernetes-embedded-resource", detail);
        }
    }

    fn combination(&mut self) {
        let schema = self.schema;
        if schema.flag("uniqueItems") {
            let detail = "uniqueItems cannot be set to true since the runtime complexity becomes \
                          quadratic";
            self.forbid("uniqueItems", detail);
        }
        let values = schema.get("additionalProperties");
        let excludes_properties = values.is_some_and(|values| *values != Value::Bool(true));
        if excludes_properties && schema.has_some("properties") {
            let detail = "additionalProperties and properties are mutual exclusive";
            self.forbid("additionalProperties", detail);
        }
        if schema.get(KEEPS) == Some(&Value::Bool(false)) {
            self.refuse(KEEPS, BadValue::Bool(false), "must be true or undefined");
        }
    }

    /// Checks that a keyword is on a value of the right type; returns whether it is.
    fn demand_type(&mut self, keyword: &str, wanted: &str) -> bool {
        let found = self.schema.text("type");
        if !self.schema.has(keyword) || found == wanted {
            return true;
        }
        let detail = format!("must be {wanted} if {keyword} is specified");
        if found.is_empty() {
            self.require("type", &detail);
        } else {
            self.refuse("type", BadValue::text(found), &detail);
        }
        false
    }

    fn map_type(&mut self) {
        self.demand_type(MAP_TYPE, "object");
        self.demand_one_of(MAP_TYPE, &MAP_TYPES);
    }

    fn list_type(&mut self) {
        let schema = self.schema;
        let items = schema.part("items");
        let is_set = schema.text(LIST_TYPE) == "set";
        if self.demand_type(LIST_TYPE, "array")
            && let Some(items) = items.filter(|_| is_set)
        {
            let kind = items.optional_text(LIST_TYPE);
            let keyword = match items.text("type") {
                "array" if kind.is_some_and(|kind| kind != "atomic") => Some(LIST_TYPE),
                "object" if items.optional_text(MAP_TYPE) != Some("atomic") => Some(MAP_TYPE),
                _ => None,
            };
            if let Some(keyword) = keyword {
                // The server shows the list type in both cases.
                let shown = kind.map_or(BadValue::Json("null".to_owned()), BadValue::text);
                let path = self.path.field("items");
                let path = path.field(keyword).bracketed();
                let detail = "must be atomic as item of a list with x-kubernetes-list-type=set";
                self.out.push(Violation::invalid(path, shown, detail));
            }
        }
        self.demand_one_of(LIST_TYPE, &LIST_TYPES);
    }

    fn map_keys(&mut self) {
        let schema = self.schema;
        if schema.has_some(KEYS) {
            let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
            match schema.optional_text(LIST_TYPE) {
                None => self.require(LIST_TYPE, detail),
                Some("map") => {}
                Some(other) => self.refuse(LIST_TYPE, BadValue::text(other), detail),
            }
        }
        if schema.text(LIST_TYPE) != "map" {
            return;
        }
        if !schema.has_some(KEYS) {
            let detail = "must not be empty if x-kubernetes-list-type is map";
            self.require(KEYS, detail);
        }
        let Some(items) = schema.part("items") else {
            if schema.has("items") {
                let shown = BadValue::Omitted;
                let detail = "must only have a single schema if x-kubernetes-list-type is map";
                self.refuse("items", shown, detail);
            } else {
                let detail = "must have a schema if x-kubernetes-list-type is map";
                self.require("items", detail);
            }
            return;
        };
        if items.text("type") == "object" {
            self.keys_of(items);
        } else {
            let path = self.path.field("items");
            let path = path.field("type").bracketed();
            let shown = BadValue::text(items.text("type"));
            let detail = "must be object if parent array's x-kubernetes-list-type is map";
            self.out.push(Violation::invalid(path, shown, detail));
        }
    }

    /// Checks `x-kubernetes-list-map-keys` of a list of objects.
    fn keys_of(&mut self, items: Node<'_>) {
        let schema = self.schema;
        let properties = items.part("properties");
        let shown = || BadValue::Json(json!(schema.texts(KEYS).collect::<Vec<_>>()).to_string());
        let mut seen = BTreeSet::new();
        for key in schema.texts(KEYS) {
            match properties.and_then(|properties| properties.part(key)) {
                None => {
                    let detail = "entries must all be names of item properties";
                    self.refuse(KEYS, shown(), detail);
                }
                Some(part) if matches!(part.text("type"), "array" | "object") => {
                    let detail =
                        "must be a scalar type if parent array's x-kubernetes-list-type is map";
                    let shown = BadValue::text(items.text("type"));
                    let path = path_of_key(self.path, key, "type");
                    self.out.push(Violation::invalid(path, shown, detail));
                }
                Some(_) => {}
            }
            if !seen.insert(key) {
                self.refuse(KEYS, shown(), "must not contain duplicate entries");
            }
        }
    }

    /// Checks that items of sets and maps can be identified.
    fn keys_of_items(&mut self) {
        let schema = self.schema;
        let kind = schema.text(LIST_TYPE);
        let Some(items) = schema
            .part("items")
            .filter(|_| matches!(kind, "set" | "map"))
        else {
            return;
        };
        if items.flag("nullable") {
            let path = self.path.field("items");
            let path = path.field("nullable").bracketed();
            let detail = format!("cannot be nullable when x-kubernetes-list-type is {kind}");
            self.out.push(Violation::forbidden(path, detail));
        }
        if kind != "map" {
            return;
        }
        let required: BTreeSet<_> = items.texts("required").collect();
        for key in schema.texts(KEYS) {
            let properties = items.part("properties");
            let Some(part) = properties.and_then(|properties| properties.part(key)) else {
                continue;
            };
            if !required.contains(key) && !part.has("default") {
                let detail = "this property is in x-kubernetes-list-map-keys, so it must have a \
                              default or be a required property";
                let path = path_of_key(self.path, key, "default");
                self.out.push(Violation::required(path, detail));
            }
            if part.flag("nullable") {
                let detail = "this property is in x-kubernetes-list-map-keys, so it cannot be \
                              nullable";
                let path = path_of_key(self.path, key, "nullable");
                self.out.push(Violation::forbidden(path, detail));
            }
        }
    }

    fn rules(&mut self) {
        let list = self.path.field("x-kubernetes-validations");
        let schema = self.schema;
        // The server does not look up fields in a schema that it cannot make structural.
        let can_be_structural = LazyCell::new(|| structural::fault(schema).is_none());
        for (index, rule) in schema.list("x-kubernetes-validations").enumerate() {
            let path = list.index(index);
            Checked {
                schema: rule,
                path: &path,
                out: self.out,
            }
            .rule(&|field| *can_be_structural && steps::find(field, schema).is_err());
        }
    }

    /// Checks a rule, except for its CEL.
    fn rule(&mut self, leads_nowhere: &dyn Fn(&str) -> bool) {
        let rule = self.schema;
        let message = rule.text("message");
        let has_lines = |text: &str| text.contains(['\n', '\r']);
        let (text, said) = (rule.text("rule").trim(), message.trim());
        if text.is_empty() {
            self.require("rule", "rule is not specified");
        } else if !message.is_empty() && said.is_empty() {
            let detail = "must be non-empty if specified";
            self.refuse("message", BadValue::text(message), detail);
        } else if has_lines(said) {
            let detail = "must not contain line breaks";
            self.refuse("message", BadValue::text(message), detail);
        } else if has_lines(text) && said.is_empty() {
            let detail = "message must be specified if rule contains line breaks";
            self.require("message", detail);
        }
        let expression = rule.text("messageExpression");
        if !expression.is_empty() && expression.trim().is_empty() {
            let detail = "messageExpression must be non-empty if specified";
            self.require("messageExpression", detail);
        }
        self.demand_one_of("reason", &REASONS);
        let field = rule.text("fieldPath");
        if field.is_empty() {
            return;
        }
        let mut refuse = |detail| self.refuse("fieldPath", BadValue::text(field), detail);
        if field.trim().is_empty() {
            refuse("must be non-empty if specified");
        }
        if has_lines(field) {
            refuse("must not contain line breaks");
        }
        if leads_nowhere(field) {
            refuse("must be a valid path");
        }
    }
}

/// The path of a keyword of a property that is a key of a map's items.
fn path_of_key(map: &Path<'_>, key: &str, keyword: &str) -> FieldPath {
    let items = map.field("items");
    let properties = items.field("properties");
    let property = properties.child(Segment::Key(key));
    property.field(keyword).bracketed()
}
