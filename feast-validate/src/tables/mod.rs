//! The compiled CRDs of the current FeatureStore and of the newest release, as static tables.
//!
//! They equal the result of [`Crd::compile`](crd_admission::Crd::compile), with equal nodes shared.
//! A test here writes them, and fails if they are stale.

use std::borrow::Cow;

use crd_admission::compiled::{
    Evaluator, Format, List, Made, Minimum, Named, PlacedRule, Properties, Property, Scale, Schema,
    Shared, Steps, Types, Unknown, Version,
};
use crd_admission::{Crd, ErrorType, Release};

use crate::rules::{NativeRule, RULES};

pub(crate) use self::written::{FEATURE_STORE, NEWEST};

#[rustfmt::skip]
#[allow(unused_braces, clippy::all, clippy::pedantic, reason = "nobody writes this")]
mod written;

const fn property(name: &'static str, schema: &'static Schema) -> Property {
    Property::new(Cow::Borrowed(name), Shared::Static(schema), false)
}

const fn demanded(name: &'static str, schema: &'static Schema) -> Property {
    Property::new(Cow::Borrowed(name), Shared::Static(schema), true)
}

const fn rule(expression: &'static str, message: &'static str) -> PlacedRule {
    PlacedRule {
        expression: Cow::Borrowed(expression),
        message: Cow::Borrowed(message),
        reason: ErrorType::Invalid,
        evaluator: Evaluator::Native(twin(expression)),
    }
}

/// The twin of a rule. Without one, the tables do not compile.
#[expect(clippy::panic, reason = "it is called by constants alone")]
const fn twin(expression: &str) -> NativeRule {
    let mut at = 0;
    while at < RULES.len() {
        if is_same(RULES[at].expression(), expression) {
            return RULES[at];
        }
        at += 1;
    }
    panic!("a rule without a twin");
}

/// `==` for constants.
const fn is_same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut at = 0;
    while at < a.len() && at < b.len() && a[at] == b[at] {
        at += 1;
    }
    at == a.len() && at == b.len()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::{Debug, Write as _};

    use feast_api::Release;

    use super::*;

    #[test]
    fn the_tables_are_those_of_the_crds() {
        let mut writer = Writer::default();
        for (name, release) in [
            ("FEATURE_STORE", Release::Main),
            ("NEWEST", Release::NEWEST),
        ] {
            let crd = Crd::compile(&release.crd(), RULES);
            writer.crd(name, &crd.expect("the engine knows all that the CRD uses"));
        }
        let text = format!(
            "// Written by the test in mod.rs.\n\nuse super::*;\n\n{}",
            writer.text
        );
        test_support::current("feast-validate/src/tables/written.rs", &text);
    }

    /// Writes nodes as statics, equal ones once.
    #[derive(Default)]
    struct Writer {
        text: String,
        nodes: BTreeMap<String, usize>,
    }

    impl Writer {
        fn crd(&mut self, name: &str, crd: &Crd) {
            let versions = crd.versions.iter().map(|version| self.version(version));
            let versions: Vec<_> = versions.collect();
            let Crd {
                group,
                kind,
                plural,
                is_namespaced,
                release,
                ..
            } = crd;
            let _ = writeln!(
                self.text,
                "static {name}_VERSIONS: [Version; {}] = [{}];\n\npub(crate) static {name}: Crd = Crd \
                 {{ group: {}, kind: {}, plural: {}, is_namespaced: {is_namespaced}, release: \
                 Release::{release:?}, versions: Cow::Borrowed(&{name}_VERSIONS) }};\n",
                versions.len(),
                versions.join(", "),
                text(group),
                text(kind),
                text(plural),
            );
        }

        fn version(&mut self, version: &Version) -> String {
            let scale = version.scale.as_ref().map(|scale| {
                format!(
                    "Scale {{ spec_replicas: {}, status_replicas: {}, selector: {} }}",
                    steps(&scale.spec_replicas),
                    steps(&scale.status_replicas),
                    option(scale.selector.as_ref().map(steps)),
                )
            });
            format!(
                "Version {{ name: {}, gv: {}, is_served: {}, deprecation: {}, is_storage: {}, \
                 schema: Shared::Static(&S{}), judges_root: {}, has_status: {}, scale: {} }}",
                text(&version.name),
                text(&version.gv),
                version.is_served,
                option(version.deprecation.as_deref().map(text)),
                version.is_storage,
                self.node(&version.schema),
                version.judges_root,
                version.has_status,
                option(scale),
            )
        }

        /// The number of a node's static.
        fn node(&mut self, schema: &Schema) -> usize {
            let mut part = |part: &Option<Shared>| {
                let number = part.as_ref().map(|part| self.node(part));
                option(number.map(|number| format!("Shared::Static(&S{number})")))
            };
            let (additional, items) = (part(&schema.additional), part(&schema.items));
            let mut arrays = String::new();
            let mut array = |name, kind, items: Vec<String>| array(&mut arrays, name, kind, &items);
            let properties = schema.properties.iter().map(|property| {
                let number = self.node(&property.schema);
                let kind = if property.is_demanded {
                    "demanded"
                } else {
                    "property"
                };
                format!("{kind}({:?}, &S{number})", property.name)
            });
            let properties = array("P", "Property", properties.collect());
            let slots = array("H", "u16", debug(schema.properties.slots.iter()));
            let required = array("Q", "Cow<str>", texts(&schema.required));
            let values = schema.one_of_values.iter().map(made);
            let one_of_values = array("V", "Made<serde_json::Value>", values.collect());
            let rules = schema.rules.iter().map(rule);
            let rules = array("R", "PlacedRule", rules.collect());
            let defaulted = array("D", "usize", debug(schema.defaulted.iter()));
            let list = match &schema.list {
                List::Map(keys) => format!("List::Map({})", array("K", "Cow<str>", texts(keys))),
                list => format!("List::{list:?}"),
            };
            let Schema {
                types,
                nullable,
                min_length,
                max_length,
                minimum,
                demanded,
                unknown,
                is_embedded,
                limits,
                junctors,
                is_narrowed,
                has_rules,
                has_compiled_rules,
                has_unique_lists,
                has_embedded,
                ..
            } = schema;
            assert!(
                limits.is_none() && junctors.is_none(),
                "there are no tables of them"
            );
            let format = option(schema.format.as_ref().map(format));
            let pattern = option(schema.pattern.as_ref().map(made));
            let default = option(schema.default.as_ref().map(made));
            let node = format!(
                "Schema = {{ {arrays}Schema {{ types: Types::{types:?}, nullable: {nullable}, \
                 format: {format}, properties: Properties {{ list: {properties}, slots: \
                 {slots} }}, additional: {additional}, items: {items}, required: {required}, \
                 one_of_values: {one_of_values}, pattern: {pattern}, min_length: {min_length:?}, \
                 max_length: {max_length:?}, minimum: {minimum:?}, default: {default}, list: \
                 {list}, rules: {rules}, defaulted: {defaulted}, demanded: {demanded}, \
                 unknown: Unknown::{unknown:?}, is_embedded: {is_embedded}, limits: None, junctors: \
                 None, is_narrowed: {is_narrowed}, has_rules: {has_rules}, has_compiled_rules: {has_compiled_rules}, has_unique_lists: \
                 {has_unique_lists}, has_embedded: {has_embedded} }} }};"
            );
            let next = self.nodes.len();
            *self.nodes.entry(node).or_insert_with_key(|node| {
                let _ = writeln!(self.text, "static S{next}: {node}");
                next
            })
        }
    }

    fn format(format: &Format) -> String {
        let Format { name, named } = format;
        format!("Format {{ name: {}, named: Named::{named:?} }}", text(name))
    }

    /// An array as its own static, and an expression that borrows it.
    fn array(statics: &mut String, name: &str, kind: &str, items: &[String]) -> String {
        if items.is_empty() {
            return "Cow::Borrowed(&[])".to_owned();
        }
        let (length, items) = (items.len(), items.join(", "));
        let _ = write!(statics, "static {name}: [{kind}; {length}] = [{items}]; ");
        format!("Cow::Borrowed(&{name})")
    }

    fn rule(rule: &PlacedRule) -> String {
        format!("rule({:?}, {:?})", rule.expression, rule.message)
    }

    fn made<T>(made: &Made<T>) -> String {
        format!("Made::new({:?})", made.text())
    }

    fn texts(texts: &[Cow<'_, str>]) -> Vec<String> {
        texts.iter().map(|item| text(item)).collect()
    }

    fn text(text: &str) -> String {
        format!("Cow::Borrowed({text:?})")
    }

    fn steps(steps: &Steps) -> String {
        let names = texts(&steps.0).join(", ");
        format!("Steps(Cow::Borrowed(&[{names}]))")
    }

    fn debug(items: impl Iterator<Item = impl Debug>) -> Vec<String> {
        items.map(|item| format!("{item:?}")).collect()
    }

    fn option(value: Option<String>) -> String {
        value.map_or_else(|| "None".to_owned(), |value| format!("Some({value})"))
    }
}
