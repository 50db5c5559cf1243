//! Writes the rules on a typed spec: a walk to the nodes with rules.

use std::fmt::Write as _;

use serde_json::Value;

use super::code::{Code, Kind, Source, is_transition, snake};
use super::places::rules;
use super::{Terms, terms};

const HEAD: &str = "// Written by the test in `writer`.

use crd_admission::compiled::{Made, Path, Pattern};
use crd_admission::native::eval::{Field, and, choose, compare, exactly_one, not, or};
use feast_api::v1::FeatureStoreSpec;

use super::Out;
use crate::rules::RULES;
";

pub(super) fn written(order: &[&str], spec: &Value) -> String {
    let walk = Walk {
        terms: terms(order.iter().copied()),
        order,
    };
    let (mut check, mut keeps) = (String::new(), String::new());
    walk.check(spec, 1, &mut check);
    walk.keeps(spec, 1, &mut keeps);
    format!(
        "{HEAD}
/// Checks the rules of a spec and of everything in it.
pub(crate) fn check<O: Out>(this: &FeatureStoreSpec, path: &Path<'_>, out: &mut O) {{
{check}}}

/// Whether everything that must not change is equal.
pub(crate) fn keeps(this: &FeatureStoreSpec, former: &FeatureStoreSpec) -> bool {{
{keeps}    true
}}
"
    )
}

/// Reads fields of typed values, given the schema of the node.
struct Typed<'s>(&'s Value);

impl Source for Typed<'_> {
    fn read(&self, path: &[&str], kind: Kind) -> String {
        let (name, parents) = path.split_last().expect("a field has a name");
        let parent = parents
            .iter()
            .fold(self.0, |schema, name| child(schema, name));
        let field = snake(name);
        let read = if is_required(parent, name) {
            match kind {
                Kind::Any | Kind::Object => format!("Some(&of.{field})"),
                Kind::Text => format!("Some(of.{field}.as_str())"),
                Kind::Bool => format!("Some(of.{field})"),
                Kind::Int => format!("Some(i64::from(of.{field}))"),
            }
        } else {
            let read = match kind {
                Kind::Any | Kind::Object => format!("of.{field}.as_ref()"),
                Kind::Text => format!("of.{field}.as_deref()"),
                Kind::Bool => format!("of.{field}"),
                Kind::Int => format!("of.{field}.map(i64::from)"),
            };
            match child(parent, name).get("default") {
                Some(default) if kind != Kind::Any => format!("{read}.or(Some({default}))"),
                _ => read,
            }
        };
        format!("then({name:?}, |of| {read})")
    }

    /// Reading a field again is cheaper than storing it.
    fn shared(&self, written: &str, is_field: bool) -> String {
        let closure = if is_field { "|| " } else { "" };
        format!("{closure}{written}")
    }

    fn used(&self, name: &str, is_field: bool) -> String {
        let call = if is_field { "()" } else { "" };
        format!("{name}{call}")
    }
}

struct Walk<'a> {
    terms: Terms<'a>,
    order: &'a [&'a str],
}

impl Walk<'_> {
    fn check(&self, schema: &Value, depth: usize, out: &mut String) {
        self.demands(schema, depth, out);
        let indent = "    ".repeat(depth);
        for (name, part, field) in fields(schema) {
            let mut within = String::new();
            self.check(part, depth + 1, &mut within);
            if within.is_empty() {
                continue;
            }
            let _ = writeln!(
                out,
                "{indent}if let Some(this) = {field} {{\n{indent}    let path = \
                 &path.field({name:?});\n{within}{indent}}}"
            );
        }
    }

    /// The rules of a node.
    fn demands(&self, schema: &Value, depth: usize, out: &mut String) {
        let rules: Vec<_> = rules(schema)
            .filter(|rule| !is_transition(&self.terms[rule.text]))
            .collect();
        if rules.is_empty() {
            return;
        }
        let terms: Vec<_> = rules.iter().map(|rule| &self.terms[rule.text]).collect();
        let code = Code::of(&terms, &Typed(schema));
        let indent = "    ".repeat(depth);
        let _ = writeln!(
            out,
            "{indent}{{\n{indent}    let this = Field::<_, O::Fault>::of(this);"
        );
        for line in code.shared.lines() {
            let _ = writeln!(out, "{indent}{line}");
        }
        for (rule, holds) in rules.iter().zip(code.rules) {
            let at = self.order.iter().position(|text| *text == rule.text);
            let at = at.expect("every rule has a twin");
            let message = rule.message;
            let _ = writeln!(
                out,
                "{indent}    out.demand(path, &RULES[{at}], {message:?}, {holds});"
            );
        }
        let _ = writeln!(out, "{indent}}}");
    }

    fn keeps(&self, schema: &Value, depth: usize, out: &mut String) {
        let indent = "    ".repeat(depth);
        if rules(schema).any(|rule| is_transition(&self.terms[rule.text])) {
            let _ = writeln!(
                out,
                "{indent}if this != former {{\n{indent}    return false;\n{indent}}}"
            );
        }
        for (_, part, field) in fields(schema) {
            let mut within = String::new();
            self.keeps(part, depth + 1, &mut within);
            if within.is_empty() {
                continue;
            }
            let former = field.replace("this", "former");
            let _ = writeln!(
                out,
                "{indent}if let (Some(this), Some(former)) = ({field}, {former}) {{\n{within}{indent}}}"
            );
        }
    }
}

/// The properties of an object: name, schema, and an expression that reads the typed field as an
/// `Option`.
fn fields(schema: &Value) -> impl Iterator<Item = (&str, &Value, String)> {
    for part in ["items", "additionalProperties"] {
        let has_rules = schema
            .get(part)
            .is_some_and(|part| part.to_string().contains("x-kubernetes-validations"));
        assert!(
            !has_rules,
            "no rule on typed values is within a list or a map"
        );
    }
    let properties = schema.get("properties").and_then(Value::as_object);
    properties.into_iter().flatten().map(|(name, part)| {
        let field = snake(name);
        let read = if is_required(schema, name) {
            format!("Some(&this.{field})")
        } else {
            format!("this.{field}.as_ref()")
        };
        (name.as_str(), part, read)
    })
}

fn child<'s>(schema: &'s Value, name: &str) -> &'s Value {
    &schema["properties"][name]
}

fn is_required(schema: &Value, name: &str) -> bool {
    let mut required = schema["required"].as_array().into_iter().flatten();
    required.any(|required| required == name)
}
