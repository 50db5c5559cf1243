//! The CRD's schema as a list of fields, and values that match it.

use std::sync::LazyLock;

use feast_api::Version;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

/// Strings that rules, patterns and parsers distinguish.
const TEXTS: &[&str] = &[
    "a", "", "/a", "a/b", "/", "/a/", "//a", "/a/../b", "/.", "a:b", "/a:b", "s3://b/k", "gs://b",
    "1", "true", "é", "a b",
];

/// Keys of maps, including some that a rule reserves.
const KEYS: &[&str] = &[
    "a",
    "team",
    "example.com/tier",
    "enabled",
    "tracking_uri",
    "auto_log",
];

/// Strings for a quantity, an amount or a percentage.
const AMOUNTS: &[&str] = &["1", "500m", "50%", "1Gi", "0"];

/// One step from a value to a part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// To a property.
    Property(String),
    /// To an item of a list.
    Item,
    /// To an entry of a map.
    Entry,
}

/// A field of the CRD.
#[derive(Clone, Debug)]
pub(super) struct Field {
    /// The path from the object.
    pub(super) path: Vec<Step>,
    /// The values of its enum; none if it has no enum.
    pub(super) values: &'static [Value],
}

impl Field {
    /// How many values it counts as, when one is picked.
    fn weight(&self) -> usize {
        self.values.len().max(1)
    }

    /// The path, such as `spec.services.volumes[].name`.
    #[cfg(test)]
    pub(super) fn name(&self) -> String {
        name(&self.path)
    }
}

/// A path as text.
#[cfg(test)]
pub(super) fn name(path: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Property(name) => format!(".{name}"),
        Step::Item => "[]".to_owned(),
        Step::Entry => ".*".to_owned(),
    };
    let name: String = path.iter().map(step).collect();
    name.trim_start_matches('.').to_owned()
}

static CRD: LazyLock<Value> = LazyLock::new(|| {
    serde_json::from_str(feast_api::crd::JSON).expect("the committed CRD is JSON")
});

static FIELDS: LazyLock<[Vec<Field>; 2]> = LazyLock::new(|| {
    Version::ALL.map(|version| {
        let mut fields = Vec::new();
        for part in ["spec", "status"] {
            let path = vec![Step::Property(part.to_owned())];
            collect(&of(version)["properties"][part], path, &mut fields);
        }
        fields
    })
});

/// The schema of a version.
pub(super) fn of(version: Version) -> &'static Value {
    let versions = CRD["spec"]["versions"].as_array();
    let version = versions
        .into_iter()
        .flatten()
        .find(|one| one["name"] == version.as_str());
    &version.expect("the CRD has every version")["schema"]["openAPIV3Schema"]
}

/// The fields of spec and status, parents first.
pub(super) fn fields(version: Version) -> &'static [Field] {
    let place = Version::ALL.iter().position(|one| *one == version);
    &FIELDS[place.expect("ALL has every version")]
}

/// Some field of spec or status; one with many values is as likely as that many fields.
pub(super) fn any_field(runner: &mut TestRunner, version: Version) -> &'static Field {
    let fields = fields(version);
    let all = fields.iter().map(Field::weight).sum();
    let mut place = runner.rng().random_range(0..all);
    for field in fields {
        match usize::checked_sub(place, field.weight()) {
            Some(rest) => place = rest,
            None => return field,
        }
    }
    &fields[0]
}

/// Some field beside a field or beside one of its parents.
pub(super) fn companion(
    runner: &mut TestRunner,
    version: Version,
    field: &Field,
) -> &'static Field {
    let depth = runner.rng().random_range(1..field.path.len().max(2));
    let parent = &field.path[..depth];
    let is_near = |other: &&Field| other.path.len() == depth + 1 && other.path.starts_with(parent);
    let near: Vec<&Field> = fields(version).iter().filter(is_near).collect();
    near.get(runner.rng().random_range(0..near.len().max(1)))
        .copied()
        .unwrap_or(&fields(version)[0])
}

fn collect(schema: &'static Value, path: Vec<Step>, fields: &mut Vec<Field>) {
    let child = |step| [path.clone(), vec![step]].concat();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = child(Step::Property(name.clone()));
        collect(property, path, fields);
    }
    for (part, step) in [("items", Step::Item), ("additionalProperties", Step::Entry)] {
        if schema[part].is_object() {
            collect(&schema[part], child(step), fields);
        }
    }
    let values = schema["enum"].as_array().map_or(&[][..], Vec::as_slice);
    fields.push(Field { path, values });
}

/// Sets a field to a new value, with its parents and their required fields.
pub(super) fn grow(runner: &mut TestRunner, root: &mut Value, version: Version, path: &[Step]) {
    grow_at(runner, root, of(version), path);
}

fn grow_at(runner: &mut TestRunner, value: &mut Value, schema: &Value, path: &[Step]) {
    let Some((step, rest)) = path.split_first() else {
        *value = sample(runner, schema);
        return;
    };
    match step {
        Step::Property(name) => {
            complete(runner, value, schema);
            grow_at(runner, &mut value[name], &schema["properties"][name], rest);
        }
        Step::Entry => {
            if !value.is_object() {
                *value = json!({});
            }
            let key = *pick::<&str>(runner, KEYS);
            grow_at(
                runner,
                &mut value[key],
                &schema["additionalProperties"],
                rest,
            );
        }
        Step::Item => {
            if !value.is_array() {
                *value = json!([]);
            }
            let Some(items) = value.as_array_mut() else {
                return;
            };
            if items.is_empty() {
                items.push(Value::Null);
            }
            let place = runner.rng().random_range(0..items.len());
            grow_at(runner, &mut items[place], &schema["items"], rest);
        }
    }
}

/// Turns a value into an object with its required fields.
fn complete(runner: &mut TestRunner, value: &mut Value, schema: &Value) {
    if !value.is_object() {
        *value = json!({});
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        let name = name.as_str().unwrap_or_default();
        if value[name].is_null() {
            value[name] = sample(runner, &schema["properties"][name]);
        }
    }
}

/// A value that matches a schema.
pub(super) fn sample(runner: &mut TestRunner, schema: &Value) -> Value {
    if let Some(values) = schema["enum"].as_array() {
        return pick(runner, values).clone();
    }
    if schema["x-kubernetes-int-or-string"] == true {
        let amount = *pick::<&str>(runner, AMOUNTS);
        return if chance(runner, 0.3) {
            json!(1)
        } else {
            json!(amount)
        };
    }
    match schema["type"].as_str() {
        Some("object") if schema["additionalProperties"].is_object() => {
            let mut entries = Map::new();
            for _ in 0..runner.rng().random_range(0..3) {
                let key = (*pick::<&str>(runner, KEYS)).to_owned();
                entries.insert(key, sample(runner, &schema["additionalProperties"]));
            }
            Value::Object(entries)
        }
        Some("object") => {
            let mut object = json!({});
            complete(runner, &mut object, schema);
            for (name, property) in schema["properties"].as_object().into_iter().flatten() {
                if object[name.as_str()].is_null() && chance(runner, 0.2) {
                    object[name.as_str()] = sample(runner, property);
                }
            }
            without_nulls(object)
        }
        Some("array") => {
            let count = runner.rng().random_range(0..3);
            (0..count)
                .map(|_| sample(runner, &schema["items"]))
                .collect()
        }
        Some("boolean") => json!(runner.rng().random::<bool>()),
        Some("integer") => integer(runner, schema),
        _ => text(runner, schema),
    }
}

/// Removes null fields, which indexing may have inserted.
fn without_nulls(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|_, value| !value.is_null());
    }
    object
}

fn integer(runner: &mut TestRunner, schema: &Value) -> Value {
    let bound = |name: &str| schema[name].as_f64();
    #[expect(clippy::cast_possible_truncation, reason = "bounds are small")]
    let bound = |name: &str| bound(name).map(|bound| bound as i64);
    let least = bound("minimum").unwrap_or(0);
    let most = bound("maximum").unwrap_or(least + 9);
    let largest = if schema["format"] == "int32" {
        i64::from(i32::MAX)
    } else {
        i64::MAX
    };
    if chance(runner, 0.05) && schema["maximum"].is_null() {
        return json!(largest);
    }
    json!(runner.rng().random_range(least..=most.max(least)))
}

fn text(runner: &mut TestRunner, schema: &Value) -> Value {
    if schema["format"] == "date-time" {
        return json!("2026-01-01T00:00:00Z");
    }
    if let Some(pattern) = schema["pattern"].as_str() {
        return json!(matching(runner, pattern));
    }
    let fits = |text: &str| {
        let length = text.chars().count() as u64;
        length >= schema["minLength"].as_u64().unwrap_or(0)
            && length <= schema["maxLength"].as_u64().unwrap_or(u64::MAX)
    };
    let chosen = *pick::<&str>(runner, TEXTS);
    json!(if fits(chosen) { chosen } else { "a" })
}

/// A string that matches a pattern as a whole.
fn matching(runner: &mut TestRunner, pattern: &str) -> String {
    let core = pattern.trim_start_matches('^').trim_end_matches('$');
    // Readable texts: only ASCII, not too long.
    let core = core.replace(r"\S+", "[a-z]{1,8}").replace("]*", "]{0,8}");
    let texts = proptest::string::string_regex(&core).expect("a pattern of the CRD");
    let tree = texts.new_tree(runner).expect("texts without a filter");
    proptest::strategy::ValueTree::current(&tree)
}

/// One of several values.
pub(super) fn pick<'a, T>(runner: &mut TestRunner, from: &'a [T]) -> &'a T {
    &from[runner.rng().random_range(0..from.len())]
}

/// True with this probability.
pub(super) fn chance(runner: &mut TestRunner, probability: f64) -> bool {
    runner.rng().random_bool(probability)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_those_of_the_schema() {
        let names: Vec<String> = fields(Version::V1).iter().map(Field::name).collect();
        for name in [
            "spec",
            "spec.services.volumes[].name",
            "spec.services.podAnnotations.*",
            "status.applied.replicas",
        ] {
            assert!(names.iter().any(|one| one == name), "{name}");
        }
    }
}
