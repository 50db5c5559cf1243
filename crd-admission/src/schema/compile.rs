//! Compiles `openAPIV3Schema` to a [`Schema`].

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;

use apimachinery::Release;
use serde_json::Value;

use super::defaults::Defaults;
use super::expressions::{Expressions, TotalCost};
use super::keywords::{self, ANNOTATIONS, JUNCTORS, LIMITS};
use super::scope::{Own, Scope};
use super::{
    CompileError, Format, Junctors, Made, Minimum, Properties, Property, Schema, Types, Unknown,
};
use crate::cel::environment::Environment;
use crate::definition::Node;
use crate::error::Violation;
use crate::native::NativeRule;
use crate::path::{Path, Segment};
use crate::rule::PlacedRule;

type Pattern = Made<super::Pattern>;

/// Compiles the schemas of a CRD, with the native twins of their rules.
pub(crate) struct Compiler<'r> {
    pub(crate) twins: &'r [NativeRule],
    pub(crate) release: Release,
    pub(crate) environment: &'r Environment,
}

/// Compiles one schema.
struct Compilation<'r> {
    compiler: &'r Compiler<'r>,
    /// The paths of invalid keywords: rules of their parents are not compiled.
    at_fault: BTreeSet<&'r str>,
    faults: RefCell<Faults>,
}

/// Errors in the rules of a schema.
#[derive(Default)]
struct Faults {
    rules: Vec<Violation>,
    costs: TotalCost,
}

/// The purpose of a compiled node.
#[derive(Clone, Copy)]
enum Purpose<'p> {
    /// To validate objects.
    Objects,
    /// To validate defaults, for which the server knows more formats but not int-or-string.
    /// Patterns are reused from the schema that validates objects.
    Default(Option<&'p Schema>),
}

/// The compiler's position.
#[derive(Clone, Copy)]
struct Place<'p> {
    path: &'p Path<'p>,
    purpose: Purpose<'p>,
    scope: Scope<'p>,
    /// The maximum number of such values in an object, if the lists and maps around them are
    /// bounded.
    most: Option<u64>,
    /// The nearest parent whose parts have no identity, and so no old values.
    atomic: Option<&'p Path<'p>>,
    depth: usize,
}

impl Purpose<'_> {
    /// The purpose of a part.
    fn of(self, part: impl Fn(&Schema) -> Option<&Schema>) -> Self {
        match self {
            Self::Objects => Self::Objects,
            Self::Default(made) => Self::Default(made.and_then(part)),
        }
    }

    fn types(self, node: Node<'_>) -> Types {
        match self {
            Self::Objects => keywords::types(node),
            Self::Default(_) => keywords::declared_types(node),
        }
    }

    fn format(self, name: &str, release: Release) -> Option<Format> {
        match self {
            Self::Objects => Format::find(name, release),
            Self::Default(_) => Format::any(name),
        }
    }
}

impl Place<'_> {
    /// The position of a part of a node, as far as it is the same for all parts.
    fn inside(self, node: Node<'_>) -> Self {
        let most = match node.text("type") {
            "array" => node.integer("maxItems"),
            "object" if node.has("additionalProperties") => node.integer("maxProperties"),
            _ => Some(1),
        };
        let most = most.map(|most| most.max(0).unsigned_abs());
        let most = self.most.zip(most);
        Self {
            most: most.map(|(whole, most)| whole.saturating_mul(most)),
            depth: self.depth + 1,
            ..self
        }
    }

    /// The position of the schema for a default's values; `made` is the one that validates objects.
    fn of_values<'p>(self, path: &'p Path<'p>, made: Option<&'p Schema>) -> Place<'p>
    where
        Self: 'p,
    {
        Place {
            path,
            purpose: Purpose::Default(made),
            // Such a schema has no rules.
            scope: Scope::Undeclared,
            ..self
        }
    }

    fn pattern(self, node: Node<'_>) -> Result<Option<Pattern>, CompileError> {
        if let Purpose::Default(Some(made)) = self.purpose {
            return Ok(made.pattern.clone());
        }
        let text = node.text("pattern");
        if text.is_empty() {
            return Ok(None);
        }
        let pattern = Made::checked(text.to_owned());
        pattern.map(Some).ok_or_else(|| self.refuse("pattern"))
    }

    fn refuse(self, keyword: &str) -> CompileError {
        CompileError::Unsupported {
            path: self.path.bracketed().to_string(),
            keyword: keyword.to_owned(),
        }
    }
}

impl Compiler<'_> {
    /// Compiles a structural schema.
    ///
    /// Adds errors of its defaults and rules. Rules of parents of invalid keywords are not
    /// compiled.
    pub(crate) fn compile(
        &self,
        json: &Value,
        path: &Path<'_>,
        at_fault: &[Violation],
    ) -> Result<(Schema, Vec<Violation>), CompileError> {
        let root = Place {
            path,
            purpose: Purpose::Objects,
            scope: Scope::Outside,
            most: Some(1),
            atomic: None,
            depth: 0,
        };
        let compilation = Compilation {
            compiler: self,
            at_fault: at_fault.iter().map(|fault| fault.path.as_str()).collect(),
            faults: RefCell::default(),
        };
        let schema = compilation.node(json, root)?;
        let compile = |json: &Value, made: Option<&Schema>, path: &Path<'_>| {
            compilation.node(json, root.of_values(path, made))
        };
        let defaults = Defaults::new(&compile).check(json, &schema, path)?;
        let Faults { mut rules, costs } = compilation.faults.into_inner();
        if !defaults.is_empty() {
            return Ok((schema, defaults));
        }
        rules.extend(costs.faults(path));
        Ok((schema, rules))
    }
}

impl Compilation<'_> {
    fn node(&self, json: &Value, place: Place<'_>) -> Result<Schema, CompileError> {
        let node = Node::of(json).ok_or(CompileError::NotACrd("a schema is not an object"))?;
        let own = Own::of(json, place.depth == 0, place.scope);
        let place = Place {
            scope: place.scope.with(&own),
            ..place
        };
        let mut schema = Schema {
            types: place.purpose.types(node),
            limits: keywords::limits(node).map(Arc::new),
            ..Schema::default()
        };
        for (keyword, value) in node.fields() {
            self.keyword(&mut schema, node, keyword, value, place)?;
        }
        schema.junctors = self.junctors(&schema, node, place)?.map(Arc::new);
        if let Purpose::Objects = place.purpose {
            schema.rules = self.rules(node, place).into();
        }
        schema.sum_up();
        Ok(schema)
    }

    fn keyword(
        &self,
        schema: &mut Schema,
        node: Node<'_>,
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
            // The server rejects a CRD that sets it.
            | "uniqueItems" => {}
            "properties" => {
                let properties = self.properties(node, place)?;
                schema.properties = Properties::new(properties).ok_or_else(refuse)?;
            }
            "additionalProperties" if value.is_boolean() => schema.unknown = Unknown::Emptied,
            "additionalProperties" => schema.additional = Some(self.values(value, node, place)?.into()),
            "items" => schema.items = Some(self.items(value, node, place)?.into()),
            "required" => schema.required = keywords::texts(node, keyword).into(),
            "enum" => schema.one_of_values = node.items(keyword).iter().map(constant).collect(),
            "pattern" => schema.pattern = place.pattern(node)?,
            "format" => {
                let name = node.text(keyword);
                schema.format = place.purpose.format(name, self.compiler.release);
            }
            "minLength" => schema.min_length = keywords::least(node, keyword),
            "maxLength" => schema.max_length = node.integer(keyword),
            "minimum" => schema.minimum = value.as_f64().map(Minimum),
            "nullable" => schema.nullable = node.flag(keyword),
            "default" => schema.default = (!value.is_null()).then(|| constant(value)),
            "x-kubernetes-list-type" => schema.list = keywords::list(node),
            "x-kubernetes-preserve-unknown-fields" => schema.unknown = Unknown::Kept,
            "x-kubernetes-embedded-resource" => schema.is_embedded = node.flag(keyword),
            _ if ANNOTATIONS.contains(&keyword) || LIMITS.contains(&keyword) => {}
            _ if JUNCTORS.contains(&keyword) => {}
            _ => return Err(refuse()),
        }
        Ok(())
    }

    /// Compiles `allOf`, `anyOf`, `oneOf` and `not`, except an `anyOf` that repeats int-or-string.
    fn junctors(
        &self,
        schema: &Schema,
        node: Node<'_>,
        place: Place<'_>,
    ) -> Result<Option<Junctors>, CompileError> {
        if !JUNCTORS.iter().any(|keyword| node.has(keyword)) {
            return Ok(None);
        }
        let compile = |json: &Value, path: &Path<'_>| {
            let nested = Place {
                path,
                purpose: place.purpose.of(|_| None),
                scope: Scope::Outside,
                most: None,
                atomic: None,
                depth: place.depth + 1,
            };
            self.node(json, nested)
        };
        let list = |keyword: &str| {
            let path = place.path.field(keyword);
            let parts = node.items(keyword).iter().enumerate();
            let parts = parts.map(|(index, json)| compile(json, &path.index(index)));
            parts.collect::<Result<Vec<_>, _>>()
        };
        let not = node.get("not");
        let not = not.map(|json| compile(json, &place.path.field("not")));
        let mut junctors = Junctors {
            all_of: list("allOf")?,
            any_of: list("anyOf")?,
            one_of: list("oneOf")?,
            not: not.transpose()?,
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

    fn properties(&self, node: Node<'_>, place: Place<'_>) -> Result<Vec<Property>, CompileError> {
        const NAME: &str = "properties";
        let Some(properties) = node.part(NAME) else {
            return Ok(Vec::new());
        };
        let required: BTreeSet<_> = node.texts("required").collect();
        // Fields have old values, unless the map type is unknown.
        let map_type = node.optional_text("x-kubernetes-map-type");
        let has_old = map_type.is_none_or(|kind| matches!(kind, "granular" | "atomic"));
        let path = place.path.field(NAME);
        let compile = |(name, json): (&str, &Value)| {
            let part = Place {
                path: &path.child(Segment::Key(name)),
                purpose: place.purpose.of(|made| made.property(name)),
                scope: place.scope.property(name),
                atomic: place.atomic.or((!has_old).then_some(place.path)),
                ..place.inside(node)
            };
            let schema = self.node(json, part)?;
            let is_demanded = required.contains(name) && schema.default.is_none();
            let name = name.to_owned().into();
            Ok(Property::new(name, schema.into(), is_demanded))
        };
        properties.fields().map(compile).collect()
    }

    fn items(
        &self,
        json: &Value,
        node: Node<'_>,
        place: Place<'_>,
    ) -> Result<Schema, CompileError> {
        // Only items of a map have old values.
        let has_old = node.text("x-kubernetes-list-type") == "map";
        let part = Place {
            path: &place.path.field("items"),
            purpose: place.purpose.of(|made| made.items.as_deref()),
            atomic: place.atomic.or((!has_old).then_some(place.path)),
            scope: place.scope.element(),
            ..place.inside(node)
        };
        self.node(json, part)
    }

    /// The schema of a map's values, which have no defaults.
    fn values(
        &self,
        json: &Value,
        node: Node<'_>,
        place: Place<'_>,
    ) -> Result<Schema, CompileError> {
        let part = Place {
            path: &place.path.field("additionalProperties"),
            purpose: place.purpose.of(|made| made.additional.as_deref()),
            scope: place.scope.element(),
            ..place.inside(node)
        };
        self.node(json, part)
    }

    fn rules(&self, node: Node<'_>, place: Place<'_>) -> Vec<PlacedRule> {
        const NAME: &str = "x-kubernetes-validations";
        if !node.has_some(NAME) {
            return Vec::new();
        }
        let list = place.path.field(NAME);
        let mut all = self.faults.borrow_mut();
        // Such rules are only for defaults; their errors are reported elsewhere.
        let mut ignored = Faults::default();
        let Faults { rules, costs, .. } = if self.is_at_fault(place.path) {
            &mut ignored
        } else {
            &mut *all
        };
        let Scope::Seen(declaration) = place.scope else {
            rules.push(place.scope.fault(&list));
            return Vec::new();
        };
        let compile = |(index, rule): (usize, Node<'_>)| {
            let expressions = Expressions {
                environment: self.compiler.environment,
                declaration,
                atomic: place.atomic,
                times: place.most.unwrap_or_else(|| declaration.cardinality()),
                path: &list.index(index),
            };
            expressions.rule(rule, node, self.compiler.twins, rules, costs)
        };
        node.list(NAME).enumerate().filter_map(compile).collect()
    }

    /// Whether a keyword of a node or below it is invalid.
    fn is_at_fault(&self, path: &Path<'_>) -> bool {
        let path = path.bracketed();
        let mut after = self.at_fault.range(path.as_str()..);
        after
            .next()
            .is_some_and(|fault| fault.starts_with(path.as_str()))
    }
}

/// The text of a JSON value is always valid JSON.
fn constant(value: &Value) -> Made<Value> {
    Made::of(value.clone())
}
