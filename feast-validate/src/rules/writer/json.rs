//! Writes the rules on JSON, as native twins.

use crd_admission::native::{TOGETHER, Term};

use super::code::{Code, Kind, Source, is_transition};
use super::terms;

const HEAD: &str = "//! Written by the test in `writer`.

use std::cell::LazyCell;

use crd_admission::compiled::{Made, Pattern};
use crd_admission::native::eval::{Eval, Field, Object, and, choose, compare, exactly_one, not, or};
use crd_admission::native::{NativeRule, TOGETHER};
";

/// Reads fields from JSON, which may have any type.
struct Json;

impl Source for Json {
    fn read(&self, path: &[&str], kind: Kind) -> String {
        let method = match kind {
            Kind::Any => "any",
            Kind::Object => "object",
            Kind::Text => "text",
            Kind::Bool => "boolean",
            Kind::Int => "integer",
        };
        format!("{method}({:?})", path.last().expect("a field has a name"))
    }

    /// Looking up a field costs something.
    fn shared(&self, written: &str, _: bool) -> String {
        format!("LazyCell::new(|| {written})")
    }

    fn used(&self, name: &str, is_field: bool) -> String {
        let star = if is_field { "" } else { "*" };
        format!("{star}{name}")
    }
}

/// Writes a function for each group of rules, and their twins.
pub(super) fn written(groups: &[Vec<&str>]) -> String {
    let terms = terms(groups.iter().flatten().copied());
    let (mut functions, mut twins) = (String::new(), Vec::new());
    for (number, group) in groups.iter().enumerate() {
        let group_terms: Vec<_> = group.iter().map(|rule| &terms[rule]).collect();
        let (function, kind) = match group_terms.as_slice() {
            [term] if is_transition(term) => (transition(number, term), "transition"),
            [term] => (alone(number, term), "state"),
            several => (together(number, several), "together"),
        };
        functions.push_str(&function);
        twins.extend(group.iter().enumerate().map(|(at, rule)| match kind {
            "together" => format!("NativeRule::together({rule:?}, rule_{number}, {at})"),
            kind => format!("NativeRule::{kind}({rule:?}, rule_{number})"),
        }));
    }
    let twins = twins.join(",\n    ");
    format!(
        "{HEAD}\n/// The native twins of all rules of the FeatureStore CRD.\npub const RULES: &[NativeRule] = \
         &[\n    {twins},\n];\n{functions}"
    )
}

fn alone(number: usize, rule: &Term) -> String {
    let Code { shared, rules } = Code::of(&[rule], &Json);
    let rule = &rules[0];
    format!(
        "\nfn rule_{number}(this: Object<'_>) -> Eval<bool> {{\n    let this = \
         Field::of(this);\n{shared}    {rule}\n}}\n"
    )
}

fn together(number: usize, rules: &[&Term]) -> String {
    let Code { shared, mut rules } = Code::of(rules, &Json);
    rules.resize(TOGETHER, "Ok(true)".to_owned());
    let rules = rules.join(",\n        ");
    format!(
        "\nfn rule_{number}(this: Object<'_>) -> [Eval<bool>; TOGETHER] {{\n    let this = \
         Field::of(this);\n{shared}    [\n        {rules},\n    ]\n}}\n"
    )
}

fn transition(number: usize, rule: &Term) -> String {
    let is_equality = Term::Compared(Box::new([Term::This, Term::Former]), "==");
    assert_eq!(*rule, is_equality, "no other way to look back is written");
    format!(
        "\nfn rule_{number}(this: Object<'_>, former: Object<'_>) -> Eval<bool> {{\n    \
         this.equals(former)\n}}\n"
    )
}
