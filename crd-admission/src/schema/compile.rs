//! `openAPIV3Schema` to a [`Schema`].

use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::ops::Deref;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::expressions::{Expressions, TotalCost, not_seen_by_rules};
use super::{
    Format, Junctors, Limits, List, Made, Minimum, Properties, Property, Schema, Types, Unknown,
    default_faults,
};
use crate::cel::declarations::Declaration;
use crate::cel::environment::Environment;
use crate::cel::escape::escape;
use crate::definition::Node;
use crate::error::Violation;
use crate::native::NativeRule;
use crate::path::{Path, Segment};
use crate::rule::{Evaluator, PlacedRule};
use crate::verdict::Rejection;

/// Bounds every later recursion over a schema.
pub(crate) const MAX_DEPTH: usize = 100;

/// Why a CRD cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
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
    /// A part of the CRD is of another JSON type than it should be.
    #[error("{path}: must be {expected}")]
    WrongType {
        /// The part, such as `spec.names`.
        path: String,
        /// Such as `an object`.
        expected: &'static str,
    },
    /// API servers refuse the CRD, for these reasons. The steps of a violation's path lead to where
    /// it is in the CRD; its text is that of the server, which has what all versions share at the
    /// top.
    #[error(transparent)]
    Refused(Rejection),
    /// The schema nests too deeply.
    #[error("{path}: nested too deeply")]
    TooDeep {
        /// The node where that was found.
        path: String,
    },
}

/// Compiles the schemas of a CRD with the native twins of their rules.
pub(crate) struct Compiler<'r> {
    pub(crate) twins: &'r [NativeRule],
    /// Which Kubernetes, `1.minor`, the API server is of.
    pub(crate) minor: u32,
    pub(crate) environment: &'r Environment,
}

/// Compiles one schema.
struct Compilation<'r> {
    compiler: &'r Compiler<'r>,
    /// The paths of keywords that were found at fault: rules are not looked at above them.
    at_fault: BTreeSet<&'r str>,
    faults: RefCell<Faults>,
}

/// What is wrong with defaults and rules of a schema.
#[derive(Default)]
struct Faults {
    defaults: Vec<Violation>,
    rules: Vec<Violation>,
    costs: TotalCost,
}

/// Where the compiler is.
#[derive(Clone, Copy)]
struct Place<'p> {
    path: &'p Path<'p>,
    /// What rules see of it; nothing if they do not.
    declaration: Option<&'p Declaration>,
    /// How many such values an object can have, if the schema bounds the lists and maps around them.
    most: Option<u64>,
    /// The list whose items are not told apart, and so have no old values, nor has what is in them.
    atomic: Option<&'p Path<'p>>,
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
    /// Compiles a structural schema.
    ///
    /// Adds what is wrong with its defaults and rules to what was found of its keywords.
    pub(crate) fn compile(
        &self,
        json: &Value,
        path: &Path<'_>,
        found: &mut Vec<Violation>,
    ) -> Result<Schema, CompileError> {
        let declaration = has_rules(json, 0)
            .then(|| Declaration::of(json, true))
            .flatten();
        let root = Place {
            path,
            declaration: declaration.as_ref(),
            most: Some(1),
            atomic: None,
            depth: 0,
        };
        let compilation = Compilation {
            compiler: self,
            at_fault: found
                .iter()
                .map(|violation| violation.path.as_str())
                .collect(),
            faults: RefCell::default(),
        };
        let schema = compilation.node(json, root)?;
        let Faults {
            defaults,
            rules,
            costs,
        } = compilation.faults.into_inner();
        if defaults.is_empty() {
            found.extend(rules);
            found.extend(costs.faults(path));
        } else {
            found.extend(defaults);
        }
        Ok(schema)
    }
}

impl Compilation<'_> {
    fn node(&self, json: &Value, place: Place<'_>) -> Result<Schema, CompileError> {
        let Place { path, depth, .. } = place;
        if depth > MAX_DEPTH {
            let path = path.bracketed().to_string();
            return Err(CompileError::TooDeep { path });
        }
        let value = json;
        let json = value
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
        self.rules(&mut schema, value, place);
        schema.sum_up();
        if let Some(default) = &schema.default {
            // The server judges the default of the root as it does a resource.
            let resource = (depth == 0).then(|| Schema {
                is_embedded: true,
                has_embedded: true,
                ..schema.clone()
            });
            let judge = resource.as_ref().unwrap_or(&schema);
            let faults = default_faults(default.get(), judge, path);
            self.faults.borrow_mut().defaults.extend(faults);
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
            | "x-kubernetes-validations"
            // The server refuses a CRD that sets it.
            | "uniqueItems" => {}
            "properties" => {
                let properties = self.properties(value, json.get("required"), place)?;
                schema.properties = Properties::new(properties).ok_or_else(refuse)?;
            }
            "additionalProperties" => match value {
                Value::Bool(_) => schema.unknown = Unknown::Emptied,
                value => {
                    let most = json.get("maxProperties").and_then(Value::as_u64);
                    let values = self.part(value, place, keyword, most)?;
                    schema.additional = Some(values.into());
                }
            },
            "items" => {
                let most = json.get("maxItems").and_then(Value::as_u64);
                // Only the items of a map have old values.
                let is_map = json.get("x-kubernetes-list-type") == Some(&"map".into());
                let atomic = place.atomic.or((!is_map).then_some(place.path));
                let list = Place { atomic, ..place };
                let items = self.part(value, list, keyword, most)?;
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
                schema.format = Format::find(name, self.compiler.minor);
            }
            "minLength" => schema.min_length = value.as_u64(),
            "maxLength" => schema.max_length = Some(value.as_u64().ok_or_else(refuse)?),
            "minimum" => {
                let bound = value.as_f64().ok_or_else(refuse)?;
                schema.minimum = Some(Minimum(bound));
            }
            "nullable" => schema.nullable = value.as_bool().ok_or_else(refuse)?,
            "default" => schema.default = constant(value).filter(|_| !value.is_null()),
            "x-kubernetes-list-type" => schema.list = list(json, value).unwrap_or_default(),
            "x-kubernetes-preserve-unknown-fields" => {
                if value != &Value::Bool(true) {
                    return Err(refuse());
                }
                schema.unknown = Unknown::Kept;
            }
            "x-kubernetes-embedded-resource" => {
                schema.is_embedded = value.as_bool().ok_or_else(refuse)?;
            }
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
        let node = |json: &Value, path: &Path<'_>| {
            let nested = Place {
                path,
                declaration: None,
                most: None,
                atomic: None,
                depth: place.depth + 1,
            };
            self.node(json, nested)
        };
        let list = |keyword: &str| {
            let Some(list) = json.get(keyword) else {
                return Ok(Vec::new());
            };
            let list = list.as_array().ok_or_else(|| place.refuse(keyword))?;
            let path = place.path.field(keyword);
            let parts = list.iter().enumerate();
            parts
                .map(|(index, json)| node(json, &path.index(index)))
                .collect()
        };
        let mut junctors = Junctors {
            all_of: list("allOf")?,
            any_of: list("anyOf")?,
            one_of: list("oneOf")?,
            not: json
                .get("not")
                .map(|json| node(json, &place.path.field("not")))
                .transpose()?,
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
        let path = place.path.field("properties");
        let mut compiled = Vec::with_capacity(properties.len());
        for (name, schema) in properties {
            let path = path.child(Segment::Key(name));
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
                atomic: place.atomic,
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
        keyword: &str,
        most: Option<u64>,
    ) -> Result<Schema, CompileError> {
        let part = Place {
            path: &whole.path.field(keyword),
            declaration: whole.declaration.and_then(Declaration::element),
            most: whole
                .most
                .zip(most)
                .map(|(whole, most)| whole.saturating_mul(most)),
            depth: whole.depth + 1,
            ..whole
        };
        self.node(json, part)
    }

    fn rules(&self, schema: &mut Schema, value: &Value, place: Place<'_>) {
        let Some(json) = value.as_object() else {
            return;
        };
        let rules = json
            .get("x-kubernetes-validations")
            .and_then(Value::as_array);
        let rules = rules.map(Vec::as_slice).unwrap_or_default();
        if rules.is_empty() || self.is_at_fault(place.path) {
            return;
        }
        let list = place.path.field("x-kubernetes-validations");
        // What the server cannot find from above it looks at by itself.
        let own = place
            .declaration
            .is_none()
            .then(|| Declaration::of(value, is_embedded(value)))
            .flatten();
        let declaration = place.declaration.or(own.as_ref());
        let Some(declaration) = declaration else {
            let mut faults = self.faults.borrow_mut();
            faults.rules.push(not_seen_by_rules(&list));
            return;
        };
        let node = Node::new(json);
        let rules = rules.iter().filter_map(Node::of).enumerate();
        let compile = |(index, rule): (usize, Node<'_>)| {
            let expressions = Expressions {
                environment: self.compiler.environment,
                declaration,
                atomic: place.atomic,
                times: place.most.unwrap_or_else(|| declaration.cardinality()),
                path: &list.index(index),
            };
            let mut faults = self.faults.borrow_mut();
            let Faults { rules, costs, .. } = &mut *faults;
            expressions.rule(rule, node, self.compiler.twins, rules, costs)
        };
        schema.rules = rules.filter_map(compile).collect::<Vec<_>>().into();
    }

    /// Whether a keyword of a node or below it was found at fault.
    fn is_at_fault(&self, path: &Path<'_>) -> bool {
        let path = path.bracketed();
        let mut after = self.at_fault.range(path.as_str()..);
        after
            .next()
            .is_some_and(|fault| fault.starts_with(path.as_str()))
    }
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

fn limits(json: &Map<String, Value>, path: &Path<'_>) -> Result<Limits, CompileError> {
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
        min_items: json.get("minItems").and_then(Value::as_u64),
        max_items: count("maxItems")?,
        min_properties: json.get("minProperties").and_then(Value::as_u64),
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
fn unsupported(path: &Path<'_>, keyword: &str) -> CompileError {
    CompileError::Unsupported {
        path: path.bracketed().to_string(),
        keyword: keyword.to_owned(),
    }
}

fn types(json: &Map<String, Value>) -> Option<Types> {
    if let Some(true) = json
        .get("x-kubernetes-int-or-string")
        .and_then(Value::as_bool)
    {
        let is_said_twice = json.get("anyOf") == Some(&int_or_string());
        // Whatever the type is said to be.
        return Some(Types::IntOrString { is_said_twice });
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
