//! Small changes of an object: within the schema, near a rule, or against the schema.

use feast_api::Version;
use feast_api::rules::{RULES, Rule};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use super::grown::escaped;
use super::schema::{self, Field, Step, chance, pick};

/// Removes some field of the spec.
pub(super) fn prune(runner: &mut TestRunner, object: &mut Value) {
    let places = places(&object["spec"], "/spec");
    if let [_, fields @ ..] = &places[..]
        && !fields.is_empty()
    {
        remove(object, pick::<String>(runner, fields));
    }
}

/// Some field of the spec, except the spec itself.
pub(super) fn spec_field(runner: &mut TestRunner, version: Version) -> &'static Field {
    let is_spec = |field: &Field| field.path.first() == Some(&Step::Property("spec".into()));
    loop {
        let field = schema::any_field(runner, version);
        // The whole spec would be too large a change.
        if is_spec(field) && field.path.len() > 1 {
            return field;
        }
    }
}

/// Changes or removes some of the fields that a rule reads.
pub(super) fn stir(runner: &mut TestRunner, object: &mut Value, version: Version, rule: &Rule) {
    let place: &str = pick::<&str>(runner, rule.places);
    let read = fields_read(version, rule, place);
    if object.pointer(&pointer(place)).is_none()
        && let Some(whole) = read.first()
    {
        schema::grow(runner, object, version, &whole.path);
    }
    for _ in 0..runner.rng().random_range(1..4) {
        let Some(field) = read.get(runner.rng().random_range(0..read.len().max(1))) else {
            return;
        };
        if chance(runner, 0.5) {
            schema::grow(runner, object, version, &field.path);
        } else {
            remove(object, &pointer(&dotted(&field.path)));
        }
    }
}

/// The fields in a rule's text, or in that of another rule at or below the same place; the place
/// itself first.
fn fields_read(version: Version, rule: &Rule, place: &str) -> Vec<&'static Field> {
    let is_near = |other: &&&Rule| {
        other.places.contains(&place)
            || !place.is_empty() && other.places.iter().any(|one| one.starts_with(place))
    };
    let words: Vec<&str> = RULES
        .iter()
        .filter(is_near)
        .flat_map(|rule| {
            rule.expression
                .split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        })
        .collect();
    let root: Vec<Step> = std::iter::once("spec")
        .chain(place.split('.').filter(|step| !step.is_empty()))
        .map(|name| Step::Property(name.to_owned()))
        .collect();
    let is_read = |step: &Step| match step {
        Step::Property(name) => words.contains(&name.as_str()),
        // The content of `self == oldSelf`, and keys of maps.
        Step::Item | Step::Entry => true,
    };
    let takes_all = rule.is_transition();
    let fields = schema::fields(version).iter();
    let mut fields: Vec<&Field> = fields
        .filter(|field| {
            let below = field.path.strip_prefix(&root[..]);
            below.is_some_and(|below| takes_all || below.iter().all(is_read))
        })
        .collect();
    fields.sort_by_key(|field| field.path.len());
    fields
}

fn dotted(path: &[Step]) -> String {
    let names = path.iter().skip(1).map(|step| match step {
        Step::Property(name) => name.as_str(),
        Step::Item => "0",
        Step::Entry => "a",
    });
    names.collect::<Vec<_>>().join(".")
}

/// The JSON pointer of a place below the spec.
pub(super) fn pointer(place: &str) -> String {
    let steps = place.split('.').filter(|step| !step.is_empty());
    steps.fold("/spec".to_owned(), |pointer, step| {
        format!("{pointer}/{step}")
    })
}

/// Removes the target of a JSON pointer.
pub(super) fn remove(object: &mut Value, pointer: &str) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        return;
    };
    match object.pointer_mut(parent) {
        Some(Value::Object(fields)) => {
            fields.remove(&name.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            if let Some(place) = name.parse().ok().filter(|place| *place < items.len()) {
                items.remove(place);
            }
        }
        _ => {}
    }
}

/// Pointers to a value and everything in it, given its own pointer.
pub(super) fn places(value: &Value, pointer: &str) -> Vec<String> {
    let mut found = vec![pointer.to_owned()];
    match value {
        Value::Object(fields) => {
            for (name, part) in fields {
                found.extend(places(part, &format!("{pointer}/{}", escaped(name))));
            }
        }
        Value::Array(items) => {
            for (place, part) in items.iter().enumerate() {
                found.extend(places(part, &format!("{pointer}/{place}")));
            }
        }
        _ => {}
    }
    found
}

/// Changes of a value that may violate its schema.
pub(super) fn damage(runner: &mut TestRunner, object: &mut Value) {
    let places = places(object, "");
    let place = pick(runner, &places).clone();
    if chance(runner, 0.2) {
        remove(object, &place);
        return;
    }
    let unknown = chance(runner, 0.2);
    let Some(value) = object.pointer_mut(&place) else {
        return;
    };
    match value {
        Value::Object(fields) if unknown => {
            fields.insert("unknwon".into(), json!({ "a": [1] }));
        }
        Value::Array(items) if unknown && !items.is_empty() => items.push(items[0].clone()),
        value => *value = another(runner, value),
    }
}

/// A value near another one, or of another type.
pub(super) fn another(runner: &mut TestRunner, value: &Value) -> Value {
    let near = match value {
        Value::Number(number) => {
            let number = number.as_i64().unwrap_or(0);
            vec![
                json!(number.saturating_sub(1)),
                json!(number.saturating_add(1)),
                json!(0),
                json!(-1),
                json!(1.5),
                json!(i64::from(i32::MAX) + 1),
                json!(u64::MAX),
                json!(number.to_string()),
            ]
        }
        Value::String(text) => vec![
            json!(""),
            json!(text.to_uppercase()),
            json!(format!("{text} ")),
            json!(format!("/{text}")),
            json!(text.repeat(70)),
            json!([text]),
        ],
        Value::Bool(flag) => vec![json!(!flag), json!(flag.to_string())],
        Value::Array(items) => vec![json!([]), json!({}), json!([items, null])],
        Value::Object(_) => vec![json!({}), json!([]), json!([value])],
        Value::Null => vec![json!({}), json!("")],
    };
    if chance(runner, 0.8) {
        return pick(runner, &near).clone();
    }
    let others = [
        json!(null),
        json!(1),
        json!("a"),
        json!(true),
        json!([]),
        json!({}),
    ];
    pick(runner, &others).clone()
}
