//! `openAPIV3Schema` to a [`Schema`].

use std::borrow::Cow;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::{
    Format, Junctors, Limits, List, Made, Minimum, Properties, Property, Schema, Types, Unknown,
};
use crate::cel::declarations::Declaration;
use crate::cel::environment::{Environment, OldSelf, Program, Wanted};
use crate::cel::escape::escape;
use crate::error::ErrorType;
use crate::field_path::Step;
use crate::fits::fits;
use crate::native::NativeRule;
use crate::rule::{Compiled, Evaluator, PlacedRule};
use crate::walk::Checks;

/// What an expression may be estimated to cost on all values that an object can have of its place.
const MOST_OF_ONE: u64 = 10_000_000;
/// The same for all expressions of a schema.
const MOST_IN_ALL: u64 = 100_000_000;

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
    /// The expression of a rule or of its message is not one that API servers accept.
    #[error("{path}: the rule `{expression}`: {reason}")]
    Rule {
        /// The node that has the rule.
        path: String,
        /// The rule's text, or that of its message.
        expression: String,
        /// Why not, in the words of the API server.
        reason: String,
    },
    /// The rules of the schema together may cost more than API servers accept.
    #[error("{reason}")]
    TooCostly {
        /// By how much, in the words of the API server.
        reason: String,
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
    pub(crate) environment: &'r Environment,
    /// What the rules of the schema are estimated to cost so far.
    pub(crate) total_cost: Cell<u64>,
}

/// Where the compiler is.
#[derive(Clone, Copy)]
struct Place<'p> {
    /// The node, such as `.spec.replicas`.
    path: &'p str,
    /// What rules see of it; nothing if they do not.
    declaration: Option<&'p Declaration>,
    /// How many such values an object can have, if the schema bounds the lists and maps around them.
    most: Option<u64>,
    depth: usize,
}

impl Place<'_> {
    fn refuse(self, keyword: &str) -> CompileError {
        unsupported(self.path, keyword)
    }
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
        let declaration = has_rules(json, 0)
            .then(|| Declaration::of(json, true))
            .flatten();
        let root = Place {
            path: ".",
            declaration: declaration.as_ref(),
            most: Some(1),
            depth: 0,
        };
        let schema = self.node(json, root)?;
        let what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
        match costly(what, self.total_cost.get(), MOST_IN_ALL) {
            None => Ok(schema),
            Some(reason) => Err(CompileError::TooCostly { reason }),
        }
    }

    fn node(&self, json: &Value, place: Place<'_>) -> Result<Schema, CompileError> {
        let Place { path, depth, .. } = place;
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
            self.keyword(&mut schema, json, keyword, value, place)?;
        }
        schema.junctors = self.junctors(&schema, json, place)?.map(Arc::new);
        self.rules(&mut schema, json, place)?;
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
        place: Place<'_>,
    ) -> Result<(), CompileError> {
        let refuse = || place.refuse(keyword);
        match keyword {
            "type"
            | "x-kubernetes-int-or-string"
            | "x-kubernetes-list-map-keys"
            | "x-kubernetes-validations" => {}
            "properties" => {
                let properties = self.properties(value, json.get("required"), place)?;
                schema.properties = Properties::new(properties).ok_or_else(refuse)?;
            }
            "additionalProperties" => match value {
                Value::Bool(_) => schema.unknown = Unknown::Emptied,
                value => {
                    let most = json.get("maxProperties").and_then(Value::as_u64);
                    let values = self.part(value, place, "*", most)?;
                    schema.additional = Some(values.into());
                }
            },
            "items" => {
                let most = json.get("maxItems").and_then(Value::as_u64);
                let items = self.part(value, place, "[]", most)?;
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
        place: Place<'_>,
    ) -> Result<Option<Junctors>, CompileError> {
        if !JUNCTORS.iter().any(|keyword| json.contains_key(*keyword)) {
            return Ok(None);
        }
        let node = |json: &Value, keyword: &str| {
            let nested = Place {
                path: &format!("{}<{keyword}>", place.path),
                declaration: None,
                most: None,
                depth: place.depth + 1,
            };
            self.node(json, nested)
        };
        let list = |keyword: &str| {
            let Some(list) = json.get(keyword) else {
                return Ok(Vec::new());
            };
            let list = list.as_array().ok_or_else(|| place.refuse(keyword))?;
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
        place: Place<'_>,
    ) -> Result<Vec<Property>, CompileError> {
        let properties = value
            .as_object()
            .ok_or_else(|| place.refuse("properties"))?;
        let required = required.and_then(strings).unwrap_or_default();
        let path = place.path;
        let separator = if path.ends_with('.') { "" } else { "." };
        let mut compiled = Vec::with_capacity(properties.len());
        for (name, schema) in properties {
            let path = format!("{path}{separator}{name}");
            let escaped = escape(name);
            // A name that rules cannot write hides what is below from the rules above only.
            let own = escaped
                .is_none()
                .then(|| Declaration::of(schema, is_embedded(schema)));
            let declaration = match (&own, &escaped) {
                (Some(own), _) => own.as_ref().filter(|_| place.declaration.is_some()),
                (None, Some(name)) => place.declaration.and_then(|parent| parent.field(name)),
                (None, None) => None,
            };
            let part = Place {
                path: &path,
                declaration,
                most: place.most,
                depth: place.depth + 1,
            };
            let schema = self.node(schema, part)?;
            let is_required = required.iter().any(|required| required == name);
            let is_demanded = is_required && schema.default.is_none();
            let name = name.clone().into();
            compiled.push(Property::new(name, schema.into(), is_demanded));
        }
        Ok(compiled)
    }

    /// The schema of the items or values of a node.
    fn part(
        &self,
        json: &Value,
        whole: Place<'_>,
        step: &str,
        most: Option<u64>,
    ) -> Result<Schema, CompileError> {
        let part = Place {
            path: &format!("{}{step}", whole.path),
            declaration: whole.declaration.and_then(Declaration::element),
            most: whole
                .most
                .zip(most)
                .map(|(whole, most)| whole.saturating_mul(most)),
            depth: whole.depth + 1,
        };
        self.node(json, part)
    }

    fn rules(
        &self,
        schema: &mut Schema,
        json: &Map<String, Value>,
        place: Place<'_>,
    ) -> Result<(), CompileError> {
        let Some(rules) = json.get("x-kubernetes-validations") else {
            return Ok(());
        };
        let refuse = || place.refuse("x-kubernetes-validations");
        let rules = rules.as_array().ok_or_else(refuse)?.iter();
        let rules =
            rules.map(|rule| self.rule(schema, rule.as_object().ok_or_else(refuse)?, place));
        schema.rules = rules.collect::<Result<Vec<_>, _>>()?.into();
        Ok(())
    }

    fn rule(
        &self,
        schema: &Schema,
        rule: &Map<String, Value>,
        place: Place<'_>,
    ) -> Result<PlacedRule, CompileError> {
        if let Some(key) = rule.keys().find(|key| !RULE.contains(&key.as_str())) {
            return Err(place.refuse(key));
        }
        let text = |key| rule.get(key).and_then(Value::as_str).unwrap_or_default();
        let expression = text("rule");
        let reason = match text("reason") {
            "" | "FieldValueInvalid" => ErrorType::Invalid,
            "FieldValueForbidden" => ErrorType::Forbidden,
            "FieldValueRequired" => ErrorType::Required,
            "FieldValueDuplicate" => ErrorType::Duplicate,
            _ => return Err(place.refuse("reason")),
        };
        let twin = self
            .twins
            .iter()
            .find(|twin| twin.expression() == expression);
        let evaluator = if let Some(twin) = twin {
            Evaluator::Native(*twin)
        } else {
            let is_old_optional = rule.get("optionalOldSelf") == Some(&Value::Bool(true));
            let old = if is_old_optional {
                OldSelf::Optional
            } else {
                OldSelf::Plain
            };
            let message = text("messageExpression");
            let message = (!message.is_empty())
                .then(|| self.program(message, place, OldSelf::Plain, Wanted::String));
            Evaluator::Compiled(Arc::new(Compiled {
                rule: self.program(expression, place, old, Wanted::Bool)?,
                message: message.transpose()?,
                field: field(schema, text("fieldPath")).ok_or_else(|| place.refuse("fieldPath"))?,
                is_old_optional,
            }))
        };
        Ok(PlacedRule {
            expression: expression.to_owned().into(),
            message: text("message").trim().to_owned().into(),
            reason,
            evaluator,
        })
    }

    fn program(
        &self,
        expression: &str,
        place: Place<'_>,
        old: OldSelf,
        wanted: Wanted,
    ) -> Result<Program, CompileError> {
        let refuse = |reason: String| CompileError::Rule {
            path: place.path.to_owned(),
            expression: expression.to_owned(),
            reason,
        };
        let declaration = place
            .declaration
            .ok_or_else(|| refuse("rules cannot look at values of this type".to_owned()))?;
        let program = self
            .environment
            .compile(expression, declaration, old, wanted)
            .map_err(|error| refuse(error.to_string()))?;
        let times = place.most.unwrap_or_else(|| declaration.cardinality());
        let cost = program.estimated_cost().saturating_mul(times);
        self.total_cost
            .set(self.total_cost.get().saturating_add(cost));
        let what = match wanted {
            Wanted::Bool => "estimated rule cost",
            Wanted::String => "estimated messageExpression cost",
        };
        match costly(what, cost, MOST_OF_ONE) {
            None => Ok(program),
            Some(reason) => Err(refuse(reason)),
        }
    }
}

/// Why an estimated cost is too high, in the words of the API server.
fn costly(what: &str, cost: u64, most: u64) -> Option<String> {
    if cost <= most {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "it is shown with one digit")]
    let factor = cost as f64 / most as f64;
    let factor = match factor {
        factor if factor > 100.0 => "more than 100x".to_owned(),
        factor if factor < 1.5 => format!("{factor:.6}x"),
        factor => format!("{factor:.1}x"),
    };
    Some(format!(
        "{what} exceeds budget by factor of {factor} (try simplifying the rule, or adding maxItems, \
         maxProperties, and maxLength where arrays, maps, and strings are declared)"
    ))
}

/// Whether there are rules in a schema.
fn has_rules(json: &Value, depth: usize) -> bool {
    match json {
        _ if depth > 2 * MAX_DEPTH => false,
        Value::Object(fields) => {
            fields.contains_key("x-kubernetes-validations")
                || fields.values().any(|part| has_rules(part, depth + 1))
        }
        Value::Array(items) => items.iter().any(|item| has_rules(item, depth + 1)),
        _ => false,
    }
}

fn is_embedded(json: &Value) -> bool {
    json.get("x-kubernetes-embedded-resource") == Some(&Value::Bool(true))
}

/// The steps of a `fieldPath`, such as `.a.b['c']`; nothing if the schema has no such field.
fn field(schema: &Schema, path: &str) -> Option<Vec<Step>> {
    let mut steps = Vec::new();
    let (mut rest, mut schema) = (path.trim(), schema);
    while !rest.is_empty() {
        let name;
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (plain, after) = after.split_at(end);
            (name, rest) = (plain.to_owned(), after);
        } else {
            let quoted = rest.strip_prefix("['")?;
            let (plain, after) = quoted.split_once("']")?;
            (name, rest) = (plain.replace("\\'", "'").replace("\\\\", "\\"), after);
        }
        let part = if schema.properties.is_empty() {
            steps.push(Step::Key(name));
            schema.additional.as_deref()?
        } else {
            let part = schema.property(&name)?;
            steps.push(Step::Field(name));
            part
        };
        schema = part;
    }
    Some(steps)
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
const RULE: &[&str] = &[
    "rule",
    "message",
    "messageExpression",
    "reason",
    "fieldPath",
    "optionalOldSelf",
];

fn limits(json: &Map<String, Value>, path: &str) -> Result<Limits, CompileError> {
    let count = |keyword: &str| {
        let count = json.get(keyword).map(Value::as_u64);
        count.map_or(Ok(None), |count| match count {
            Some(count) => Ok(Some(count)),
            None => Err(unsupported(path, keyword)),
        })
    };
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
        let is_compiled = |rule: &PlacedRule| matches!(rule.evaluator, Evaluator::Compiled(_));
        self.has_compiled_rules =
            self.rules.iter().any(is_compiled) || self.parts().any(|part| part.has_compiled_rules);
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
