//! Compares the native rules with their CEL text in the CRD.

#[path = "../common/mod.rs"]
mod common;
mod neighbourhoods;
mod twin;

use std::collections::BTreeSet;

use common::{object, schema, specs, values};
use feast_api::Version;
use feast_api::rules::{self as crd, Rule};
use feast_validate::{Crd, Request, rules::RULES};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};
use twin::{place, resource, thing, with_rule_alone, without_underscore};

/// Every rule in a schema.
fn expressions(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            for rule in schema["x-kubernetes-validations"]
                .as_array()
                .into_iter()
                .flatten()
            {
                found.insert(rule["rule"].as_str().expect("a text").to_owned());
            }
            fields.values().for_each(|part| expressions(part, found));
        }
        Value::Array(items) => items.iter().for_each(|part| expressions(part, found)),
        _ => {}
    }
}

#[test]
fn every_rule_has_a_twin_and_every_twin_a_rule() {
    let mut published = BTreeSet::new();
    for version in Version::ALL {
        expressions(&schema(version.as_str()), &mut published);
    }
    let twins: BTreeSet<_> = RULES
        .iter()
        .map(|twin| twin.expression().to_owned())
        .collect();
    assert_eq!(twins, published);
    assert_eq!(twins.len(), RULES.len(), "each twin is there once");
    let named: BTreeSet<_> = crd::RULES
        .iter()
        .map(|rule| rule.expression.to_owned())
        .collect();
    assert_eq!(twins, named);
}

/// A twin gives the same verdict as the text, only faster.
#[test]
fn without_twins_the_text_is_compiled() {
    let crd: Value = serde_json::from_str(feast_api::crd::JSON).expect("the CRD");
    let compiled = Crd::compile(&crd, &[]).expect("every rule compiles");
    let compiled = compiled.version("v1").expect("the version");
    let twins = feast_validate::Validator::v1();
    proptest!(|(spec in specs(), old in specs())| {
        let (new, old) = (object(&spec), object(&old));
        prop_assert_eq!(compiled.all(&new), twins.all(&new));
        let verdicts = [&compiled, &*twins].map(|way| way.run(Request::update(&old, &new)));
        let [compiled, twins] = verdicts.map(|verdict| format!("{verdict:?}"));
        prop_assert_eq!(compiled, twins);
    });
}

/// Compares a twin with kube-cel's evaluation of the rule's text.
///
/// Unlike the API server, kube-cel does not find a field with an underscore in its name, so it gets
/// the field under another name.
fn twin_agrees(rule: &'static Rule) {
    let spec = schema("v1")["properties"]["spec"].clone();
    let schema = with_rule_alone(place(&spec, rule.places[0]), rule.expression, rule);
    let resource = resource(&schema);
    let validator = resource.version("v1").expect("the version");
    let cel = kube_cel::Validator::new();
    let compiled = kube_cel::compile_schema(&without_underscore(&schema));
    assert!(!compiled.has_errors(), "{}", rule.name);
    let pairs = (values(&schema), prop::option::of(values(&schema)));
    let mut runner = TestRunner::new(Config {
        cases: 512,
        failure_persistence: None,
        ..Config::default()
    });
    let result = runner.run(&pairs, |(new, old)| {
        // An empty old value stands for an unchanged one; otherwise a transition would hardly be
        // allowed.
        let old = old.map(|old| if old == json!({}) { new.clone() } else { old });
        let their_old = old.as_ref().map(without_underscore);
        let theirs =
            cel.validate_compiled(&compiled, &without_underscore(&new), their_old.as_ref());
        let theirs = theirs.is_ok();
        let verdict = match &old {
            Some(old) => validator.run(Request::update(&thing(old), &thing(&new))),
            None => validator.create(&thing(&new)),
        };
        // kube-cel does not ratchet.
        let ours = verdict.is_allowed() && verdict.warnings.is_empty();
        prop_assert_eq!(ours, theirs, "{} {:?}", new, old);
        Ok(())
    });
    assert!(result.is_ok(), "{}: {result:?}", rule.name);
}

#[test]
fn twins_agree_with_the_text() {
    for rule in crd::RULES {
        twin_agrees(rule);
    }
}
