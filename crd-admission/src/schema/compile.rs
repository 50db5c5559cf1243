//! `openAPIV3Schema` to a [`Schema`].

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Format, Junctors, Limits, List, Made, Minimum, Properties, Property, Schema, Types, Unknown,
};
use crate::error::ErrorType;
use crate::fits::fits;
use crate::native::NativeRule;
use crate::rule::PlacedRule;
use crate::walk::Checks;

/// Bounds every later recursion over a schema.
const MAX_DEPTH: usize = 100;

/// Why a CRD cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CompileError {
    /// The text is no JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// The document lacks a part of a CustomResourceDefinition, or it has another JSON type.
    #[error("not a CustomResourceDefinition: {0}")]
    NotACrd(&'static str),
    /// The schema uses what this engine does not know, and so could judge wrongly; or a keyword has
    /// a value that API servers refuse.
    #[error("{path}: `{keyword}` is not supported")]
    Unsupported {
        /// The node, such as `.spec.replicas`.
        path: String,
        /// The keyword.
        keyword: String,
    },
    /// A rule of the schema has no native twin.
    #[error("{path}: no native twin of the rule `{expression}`")]
    NoTwin {
        /// The node that has the rule.
        path: String,
        /// The rule's text.
        expression: String,
    },
    /// The schema nests too deeply.
    #[error("{path}: nested too deeply")]
    TooDeep {
        /// The node where that was found.
        path: String,
    },
}

/// Compiles schemas with the native twins of their rules.
pub(crate) struct Compiler<'r> {
    pub(crate) twins: &'r [NativeRule],
    /// Which Kubernetes, `1.minor`, the API server is of.
    pub(crate) minor: u32,
}

/// What annotates and does not judge.
const ANNOTATIONS: &[&str] = &[
    "description",
    "title",
    "example",
    "externalDocs",
    // How server-side apply merges objects. Their rules see old values either way.
    "x-kubernetes-map-type",
];

impl Compiler<'_> {
    pub(crate) fn compile(&self, json: &Value) -> Result<Schema, CompileError> {
        self.node(json, ".", 0)
    }

    fn node(&self, json: &Value, path: &str, depth: usize) -> Result<Schema, CompileError> {
        if depth > MAX_DEPTH {
            let path = path.to_owned();
            return Err(CompileError::TooDeep { path });
        }
        let json = json
            .as_object()
            .ok_or(CompileError::NotACrd("a schema is not an object"))?;
        let mut schema = Schema {
            types: types(json).ok_or_else(|| unsupported(path, "type"))?,
            ..Schema::default()
        };
        let limits = limits(json, path)?;
        schema.limits = (limits != Limits::default()).then(|| Arc::new(limits));
        for (keyword, value) in json {
            self.keyword(&mut schema, json, keyword, value, path, depth)?;
        }
        schema.junctors = self.junctors(&schema, json, path, depth)?.map(Arc::new);
        schema.sum_up();
        // The API server takes no CRD with another default.
        let default = schema.default.as_ref().map(Made::get);
        if default.is_some_and(|default| !fits(default.into(), &schema, Checks::ALL)) {
            return Err(unsupported(path, "default"));
        }
        Ok(schema)
    }

    fn keyword(
        &self,
        schema: &mut Schema,
        json: &Map<String, Value>,
        keyword: &str,
        value: &Value,
        path: &str,
        depth: usize,
    ) -> Result<(), CompileError> {
        let refuse = || unsupported(path, keyword);
        match keyword {
            "type" | "x-kubernetes-int-or-string" | "x-kubernetes-list-map-keys" => {}
            "properties" => {
                let properties = self.properties(value, json.get("required"), path, depth)?;
                schema.properties = Properties::new(properties).ok_or_else(refuse)?;
            }
            "additionalProperties" => match value {
                Value::Bool(_) => schema.unknown = Unknown::Emptied,
                value => {
                    let values = self.node(value, &format!("{path}*"), depth + 1)?;
                    schema.additional = Some(values.into());
                }
            },
            "items" => {
                let items = self.node(value, &format!("{path}[]"), depth + 1)?;
                schema.items = Some(items.into());
            }
            "required" => schema.required = strings(value).ok_or_else(refuse)?.into(),
            "enum" => {
                let values = value.as_array().ok_or_else(refuse)?.iter();
                schema.one_of_values = values.filter_map(constant).collect();
            }
            "pattern" => {
                let pattern = value.as_str().ok_or_else(refuse)?.to_owned();
                if !pattern.is_empty() {
                    schema.pattern = Some(Made::checked(pattern).ok_or_else(refuse)?);
                }
            }
            "format" => {
                let name = value.as_str().ok_or_else(refuse)?;
                schema.format = Format::find(name, self.minor);
            }
            "minLength" => schema.min_length = Some(value.as_u64().ok_or_else(refuse)?),
            "maxLength" => schema.max_length = Some(value.as_u64().ok_or_else(refuse)?),
            "minimum" => {
                let bound = value.as_f64().ok_or_else(refuse)?;
                schema.minimum = Some(Minimum(bound));
            }
            "nullable" => schema.nullable = value.as_bool().ok_or_else(refuse)?,
            "default" => schema.default = constant(value).filter(|_| !value.is_null()),
            "x-kubernetes-list-type" => schema.list = list(json, value).ok_or_else(refuse)?,
            "x-kubernetes-validations" => schema.rules = self.rules(value, path)?.into(),
            "x-kubernetes-preserve-unknown-fields" => {
                if value != &Value::Bool(true) {
                    return Err(refuse());
                }
                schema.unknown = Unknown::Kept;
            }
            "x-kubernetes-embedded-resource" => {
                schema.is_embedded = value.as_bool().ok_or_else(refuse)?;
            }
            // It would be quadratic.
            "uniqueItems" if value == &Value::Bool(false) => {}
            _ if ANNOTATIONS.contains(&keyword) || LIMITS.contains(&keyword) => {}
            _ if JUNCTORS.contains(&keyword) => {}
            _ => return Err(refuse()),
        }
        Ok(())
    }

    /// The schemas that are combined; an `anyOf` that an int-or-string repeats is none.
    fn junctors(
        &self,
        schema: &Schema,
        json: &Map<String, Value>,
        path: &str,
        depth: usize,
    ) -> Result<Option<Junctors>, CompileError> {
        if !JUNCTORS.iter().any(|keyword| json.contains_key(*keyword)) {
            return Ok(None);
        }
        let node =
            |json: &Value, keyword: &str| self.node(json, &format!("{path}<{keyword}>"), depth + 1);
        let list = |keyword: &str| {
            let Some(list) = json.get(keyword) else {
                return Ok(Vec::new());
            };
            let list = list.as_array().ok_or_else(|| unsupported(path, keyword))?;
            list.iter().map(|json| node(json, keyword)).collect()
        };
        let mut junctors = Junctors {
            all_of: list("allOf")?,
            any_of: list("anyOf")?,
            one_of: list("oneOf")?,
            not: json.get("not").map(|json| node(json, "not")).transpose()?,
        };
        if let Types::IntOrString {
            is_said_twice: true,
        } = schema.types
        {
            junctors.any_of.clear();
        }
        let is_empty = junctors.schemas().next().is_none();
        Ok((!is_empty).then_some(junctors))
    }

    fn properties(
        &self,
        value: &Value,
        required: Option<&Value>,
        path: &str,
        depth: usize,
    ) -> Result<Vec<Property>, CompileError> {
        let properties = value
            .as_object()
            .ok_or_else(|| unsupported(path, "properties"))?;
        let required = required.and_then(strings).unwrap_or_default();
        let separator = if path.ends_with('.') { "" } else { "." };
        let mut compiled = Vec::with_capacity(properties.len());
        for (name, schema) in properties {
            let path = format!("{path}{separator}{name}");
            let schema = self.node(schema, &path, depth + 1)?;
            let is_required = required.iter().any(|required| required == name);
            let is_demanded = is_required && schema.default.is_none();
            let name = name.clone().into();
            compiled.push(Property::new(name, schema.into(), is_demanded));
        }
        Ok(compiled)
    }

    fn rules(&self, value: &Value, path: &str) -> Result<Vec<PlacedRule>, CompileError> {
        let refuse = || unsupported(path, "x-kubernetes-validations");
        let rules = value.as_array().ok_or_else(refuse)?;
        rules
            .iter()
            .map(|rule| {
                let rule = rule.as_object().ok_or_else(refuse)?;
                if let Some(key) = rule.keys().find(|key| !RULE.contains(&key.as_str())) {
                    return Err(unsupported(path, key));
                }
                let text = |key| rule.get(key).and_then(Value::as_str);
                let expression = text("rule").ok_or_else(refuse)?;
                let twin = self
                    .twins
                    .iter()
                    .find(|twin| twin.expression() == expression);
                let reason = match text("reason") {
                    None | Some("FieldValueInvalid") => ErrorType::Invalid,
                    Some("FieldValueForbidden") => ErrorType::Forbidden,
                    Some("FieldValueRequired") => ErrorType::Required,
                    Some("FieldValueDuplicate") => ErrorType::Duplicate,
                    Some(_) => return Err(unsupported(path, "reason")),
                };
                let message = text("message").unwrap_or_default();
                Ok(PlacedRule {
                    native: *twin.ok_or_else(|| CompileError::NoTwin {
                        path: path.to_owned(),
                        expression: expression.to_owned(),
                    })?,
                    message: message.trim().to_owned().into(),
                    reason,
                })
            })
            .collect()
    }
}

/// Keywords that become [`Limits`].
const LIMITS: &[&str] = &[
    "maximum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
];

/// Keywords that become [`Junctors`].
const JUNCTORS: &[&str] = &["allOf", "anyOf", "oneOf", "not"];

/// Fields of a rule.
const RULE: &[&str] = &["rule", "message", "reason"];

fn limits(json: &Map<String, Value>, path: &str) -> Result<Limits, CompileError> {
    let count = |keyword: &str| whole(json, keyword).ok_or_else(|| unsupported(path, keyword));
    let number = |keyword: &str| {
        let number = json.get(keyword).map(Value::as_f64);
        number.map_or(Ok(None), |number| match number {
            Some(number) => Ok(Some(number)),
            None => Err(unsupported(path, keyword)),
        })
    };
    let flag = |keyword: &str| {
        let flag = json.get(keyword).map_or(Some(false), Value::as_bool);
        flag.ok_or_else(|| unsupported(path, keyword))
    };
    Ok(Limits {
        maximum: number("maximum")?,
        excludes_maximum: flag("exclusiveMaximum")?,
        excludes_minimum: flag("exclusiveMinimum")?,
        multiple_of: number("multipleOf")?,
        min_items: count("minItems")?,
        max_items: count("maxItems")?,
        min_properties: count("minProperties")?,
        max_properties: count("maxProperties")?,
        forbids_others: json.get("additionalProperties") == Some(&Value::Bool(false)),
    })
}

/// A count, if it is there; nothing if it is no count.
fn whole(json: &Map<String, Value>, keyword: &str) -> Option<Option<u64>> {
    json.get(keyword)
        .map_or(Some(None), |value| value.as_u64().map(Some))
}

impl Schema {
    /// Fills in what is known once all that is below is.
    fn sum_up(&mut self) {
        let has_default =
            |(at, property): (usize, &Property)| property.schema.default.is_some().then_some(at);
        self.defaulted = self
            .properties
            .iter()
            .enumerate()
            .filter_map(has_default)
            .collect();
        let required: BTreeSet<_> = self.required.iter().collect();
        let is_defaulted = |name: &str| {
            let property = self.property(name);
            property.is_some_and(|property| property.default.is_some())
        };
        let demanded = required.into_iter().filter(|name| !is_defaulted(name));
        self.demanded = demanded.count();
        self.is_narrowed = self.format.is_some()
            || self.pattern.is_some()
            || self.min_length.is_some()
            || self.max_length.is_some()
            || self.minimum.is_some()
            || self.limits.is_some()
            || !self.one_of_values.is_empty();
        self.has_rules = !self.rules.is_empty() || self.parts().any(|part| part.has_rules);
        self.has_unique_lists =
            self.list != List::Atomic || self.parts().any(|part| part.has_unique_lists);
        self.has_embedded = self.is_embedded || self.parts().any(|part| part.has_embedded);
    }

    fn parts(&self) -> impl Iterator<Item = &Self> {
        let properties = self.properties.iter().map(|property| &property.schema);
        let others = self.items.iter().chain(&self.additional);
        properties.chain(others).map(Deref::deref)
    }
}

#[cold]
fn unsupported(path: &str, keyword: &str) -> CompileError {
    CompileError::Unsupported {
        path: path.to_owned(),
        keyword: keyword.to_owned(),
    }
}

fn types(json: &Map<String, Value>) -> Option<Types> {
    if let Some(true) = json
        .get("x-kubernetes-int-or-string")
        .and_then(Value::as_bool)
    {
        let is_said_twice = json.get("anyOf") == Some(&int_or_string());
        return (!json.contains_key("type")).then_some(Types::IntOrString { is_said_twice });
    }
    let Some(name) = json.get("type") else {
        return Some(Types::Any);
    };
    match name.as_str()? {
        "object" => Some(Types::Object),
        "array" => Some(Types::Array),
        "string" => Some(Types::String),
        "boolean" => Some(Types::Boolean),
        "integer" => Some(Types::Integer),
        "number" => Some(Types::Number),
        _ => None,
    }
}

fn int_or_string() -> Value {
    serde_json::json!([{"type": "integer"}, {"type": "string"}])
}

fn list(json: &Map<String, Value>, kind: &Value) -> Option<List> {
    match kind.as_str()? {
        "atomic" => Some(List::Atomic),
        "set" => Some(List::Set),
        "map" => {
            let keys = strings(json.get("x-kubernetes-list-map-keys")?)?;
            (!keys.is_empty()).then_some(List::Map(keys.into()))
        }
        _ => None,
    }
}

fn strings(value: &Value) -> Option<Vec<Cow<'static, str>>> {
    let items = value.as_array()?.iter();
    items
        .map(|item| Some(item.as_str()?.to_owned().into()))
        .collect()
}

/// The text of a JSON value is always one.
fn constant(value: &Value) -> Option<Made<Value>> {
    Made::checked(value.to_string())
}
