//! Every combination of the fields that a rule reads, absent, empty or with each value that could
//! matter: the native rule agrees with kube-cel on the rule's text in the CRD.
//!
//! Known differences between kube-cel and the API server, and how the tests compensate:
//!
//! - kube-cel does not find a field with an underscore in its name (`s3_additional_kwargs`); it
//!   gets the field and the rule with another name.
//! - kube-cel does not ratchet; a violation that the server reduces to a warning counts as one
//!   here.
//! - kube-cel evaluates a transition rule only if there is an old value, as the server does, but
//!   takes the old value of the whole object as given; so both get the same node.

use feast_api::rules::{RULES, Rule};
use feast_validate::Request;
use serde_json::{Map, Value, json};

use crate::common::schema;
use crate::twin::{place, resource, thing, with_rule_alone, without_underscore};

/// The alphabet for texts that a rule inspects.
const LETTERS: &[&str] = &["/", ".", ":", "a"];
/// Further texts that some rule treats differently.
const TEXTS: &[&str] = &[
    "s3://",
    "s3://b/k",
    "gs://b",
    "s3:/b",
    "S3://b",
    " s3://b",
    "/a\n",
    "\n/",
    "é",
    "/é:",
    "/srv/./a",
    "/srv/a/..",
    "/srv/a/.",
    "/srv//a",
    "/srv/.a/..b",
];
/// Maximum number of cases of a rule.
const MOST: usize = 60_000;

/// All values of a part of a rule's schema that could matter.
fn variants(schema: &Value, rule: &Rule, name: &str) -> Vec<Value> {
    match schema["type"].as_str() {
        Some("object") if schema["additionalProperties"].is_object() => maps(rule),
        Some("object") => objects(schema, rule),
        Some("array") if schema["items"]["type"] == "string" => {
            vec![
                json!([]),
                json!(["a"]),
                json!(["a", "b"]),
                json!(["b", "a"]),
            ]
        }
        Some("array") => vec![json!([])],
        Some("boolean") => vec![json!(false), json!(true)],
        Some("integer") => [-1, 0, 1, 2].map(Value::from).into(),
        _ if schema["x-kubernetes-int-or-string"] == true => vec![json!(1), json!("1")],
        _ if is_looked_into(rule, name) => {
            texts(longest(rule)).into_iter().map(Value::from).collect()
        }
        _ => vec![json!(""), json!("a")],
    }
}

/// Whether a rule reads more of a text than whether it is present.
fn is_looked_into(rule: &Rule, name: &str) -> bool {
    let functions = ["startsWith", "endsWith", "contains", "matches"];
    let mut calls = functions
        .iter()
        .map(|function| format!(".{name}.{function}("));
    calls.any(|call| rule.expression.contains(&call))
}

/// Maximum length of texts. A rule of the whole spec has enough combinations.
fn longest(rule: &Rule) -> usize {
    if rule.places == [""] { 1 } else { 4 }
}

/// All texts up to a length, and some others.
fn texts(longest_length: usize) -> Vec<String> {
    let mut all: Vec<String> = TEXTS.iter().map(|text| (*text).to_owned()).collect();
    let mut longest = vec![String::new()];
    for _ in 0..longest_length {
        let longer = longest
            .iter()
            .flat_map(|text| LETTERS.iter().map(move |letter| format!("{text}{letter}")));
        let longer = longer.collect();
        all.extend(std::mem::replace(&mut longest, longer));
    }
    all.extend(longest);
    all
}

/// Maps with none, each and each pair of the keys that a rule mentions, and with another key.
fn maps(rule: &Rule) -> Vec<Value> {
    let named = rule.expression.split('\'').skip(1).step_by(2);
    let keys: Vec<&str> = named.chain(["other", ""]).collect();
    let mut maps = vec![json!({})];
    for (place, key) in keys.iter().enumerate() {
        maps.push(json!({ *key: "" }));
        maps.extend(
            keys.iter()
                .skip(place + 1)
                .map(|other| json!({ *key: "a", *other: "a" })),
        );
    }
    maps
}

fn objects(schema: &Value, rule: &Rule) -> Vec<Value> {
    let mut objects = vec![Map::new()];
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let values = variants(property, rule, name);
        let is_required = schema["required"]
            .as_array()
            .is_some_and(|all| all.contains(&json!(name)));
        let with_each = |object: &Map<String, Value>| -> Vec<Map<String, Value>> {
            let absent = (!is_required).then(|| object.clone());
            let with = |value: &Value| {
                let mut object = object.clone();
                object.insert(name.clone(), value.clone());
                object
            };
            absent.into_iter().chain(values.iter().map(with)).collect()
        };
        objects = objects.iter().flat_map(with_each).collect();
        assert!(
            objects.len() <= MOST,
            "{} at {name}: {}",
            rule.name,
            objects.len()
        );
    }
    objects.into_iter().map(Value::Object).collect()
}

/// The cases: a value, and for transition rules an old one: none, the same, and a few dozen others.
fn cases(rule: &Rule, schema: &Value) -> Vec<(Value, Option<Value>)> {
    let values = objects(schema, rule);
    if !rule.is_transition() {
        return values.into_iter().map(|value| (value, None)).collect();
    }
    let pairs = |new: &Value| {
        let with = |old: Option<&Value>| (new.clone(), old.cloned());
        let others = values.iter().step_by(values.len() / 40 + 1);
        let olds = others.map(Some).chain([None, Some(new)]);
        olds.map(with).collect::<Vec<_>>()
    };
    values.iter().flat_map(pairs).collect()
}

/// Compares all cases. Returns their number, and for how many the rule holds.
fn compare(rule: &'static Rule) -> (usize, usize) {
    let spec = schema("v1")["properties"]["spec"].clone();
    let whole = place(&spec, rule.places[0]);
    // A rule that compares a whole object reads all of it.
    let text = if rule.is_transition() {
        whole.to_string()
    } else {
        rule.expression.to_owned()
    };
    let schema = with_rule_alone(whole, &text, rule);
    let resource = resource(&schema);
    let validator = resource.version("v1").expect("the version");
    let cel = kube_cel::Validator::new();
    let compiled = kube_cel::compile_schema(&without_underscore(&schema));
    assert!(!compiled.has_errors(), "{}", rule.name);
    let (mut count, mut held) = (0, 0);
    for (new, old) in cases(rule, &schema) {
        let verdict = match &old {
            Some(old) => validator.run(Request::update(&thing(old), &thing(&new))),
            None => validator.create(&thing(&new)),
        };
        let ours = verdict.is_allowed() && verdict.warnings.is_empty();
        let their_old = old.as_ref().map(without_underscore);
        let theirs =
            cel.validate_compiled(&compiled, &without_underscore(&new), their_old.as_ref());
        assert_eq!(ours, theirs.is_ok(), "{}: {new} after {old:?}", rule.name);
        count += 1;
        held += usize::from(ours);
    }
    (count, held)
}

#[test]
fn native_rules_agree_with_their_text_on_all_combinations() {
    for rule in RULES {
        let (count, held) = compare(rule);
        println!("{}: {count} cases, {held} hold", rule.name);
        assert!(
            held > 0 && held < count,
            "{} is never broken, or always",
            rule.name
        );
    }
}
