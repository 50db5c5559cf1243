//! Stored objects round-trip through the types.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use feast_api::{ReadError, Version, v1, v1alpha1};
use feast_validate::{Request, Validator};
use serde_json::Value;

fn round_trip(stored: &Value) -> Result<Value, ReadError> {
    let version = stored["apiVersion"]
        .as_str()
        .and_then(Version::from_api_version);
    Ok(match version.expect("a version of the resource") {
        Version::V1 => written(&v1::FeatureStore::from_value(stored.clone())?),
        Version::V1Alpha1 => written(&v1alpha1::FeatureStore::from_value(stored.clone())?),
    })
}

fn written(fs: &impl serde::Serialize) -> Value {
    serde_json::to_value(fs).unwrap()
}

/// The paths at which both differ; a quantity that was a number becomes a string.
fn differences(path: &str, before: &Value, after: &Value) -> Vec<String> {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            let keys = before
                .keys()
                .chain(after.keys().filter(|key| !before.contains_key(*key)));
            keys.flat_map(|key| {
                let [before, after] =
                    [before, after].map(|map| map.get(key).unwrap_or(&Value::Null));
                differences(&format!("{path}.{key}"), before, after)
            })
            .collect()
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => before
            .iter()
            .zip(after)
            .enumerate()
            .flat_map(|(index, (before, after))| {
                differences(&format!("{path}[{index}]"), before, after)
            })
            .collect(),
        (Value::Number(number), Value::String(text)) if number.to_string() == *text => vec![],
        (before, after) if before == after => vec![],
        (before, after) => vec![format!("{path}: {before} became {after}")],
    }
}

fn path_of(difference: &str) -> &str {
    difference
        .split(':')
        .next()
        .unwrap_or("")
        .trim_start_matches('.')
}

/// The value at the error's path.
fn at<'a>(stored: &'a Value, error: &ReadError) -> Option<&'a Value> {
    let pointer = format!(
        "/{}",
        error
            .path()
            .replace('[', ".")
            .replace(']', "")
            .replace('.', "/")
    );
    stored.pointer(&pointer)
}

/// Whether the value at the error's path is a number beyond `int32` or `int64`.
fn does_not_fit(stored: &Value, error: &ReadError) -> bool {
    at(stored, error).is_some_and(|value| {
        value.is_number() && value.as_i64().is_none_or(|n| i32::try_from(n).is_err())
    })
}

/// The API server accepts a list as a `date-time`, the only type with such a format.
fn is_list_for_a_time(stored: &Value, error: &ReadError) -> bool {
    error.path().ends_with("lastTransitionTime") && at(stored, error).is_some_and(Value::is_array)
}

/// Whether the API server reports the unreadable value.
///
/// Because of ratcheting, a stored object may violate its schema.
fn breaks_its_schema(stored: &Value, path: &str) -> bool {
    let version = stored["apiVersion"]
        .as_str()
        .and_then(Version::from_api_version);
    let validator = Validator::of(version.expect("a version of the resource"));
    let mut old = stored.clone();
    old.as_object_mut().unwrap().remove("status");
    let mut found = validator.all(stored);
    let verdict = validator.run(Request::update_status(&old, stored));
    found.extend(
        verdict
            .rejection()
            .into_iter()
            .flat_map(|r| r.violations().iter().cloned()),
    );
    found.iter().any(|violation| {
        let field = violation.path.as_str();
        field.starts_with(path) || path.starts_with(field)
    })
}

fn stored_objects(file: &str) -> Option<Vec<(String, Value)>> {
    let file = test_support::recorded(&format!("admission/{file}"))?;
    let cases =
        test_support::lines(&file).map(|line| serde_json::from_str::<Value>(&line).unwrap());
    let allowed = cases.filter(|case| case["expect"]["allowed"] == true);
    Some(
        allowed
            .map(|mut case| (case["id"].to_string(), case["expect"]["object"].take()))
            .collect(),
    )
}

#[test]
fn recorded_objects_round_trip() {
    let mut faults = Vec::new();
    for file in ["create.jsonl.gz", "update.jsonl.gz", "rules.jsonl.gz"] {
        let Some(objects) = stored_objects(file) else {
            continue;
        };
        let (mut same, mut refused, mut invalid) = (0, 0, 0);
        for (id, stored) in &objects {
            match round_trip(stored) {
                Ok(after) => match differences("", stored, &after).as_slice() {
                    [] => same += 1,
                    // Kubernetes' types read a missing required field as an empty one.
                    [first, ..] if breaks_its_schema(stored, path_of(first)) => invalid += 1,
                    found => faults.push(format!("{id} {}", found.join("; "))),
                },
                Err(error) if does_not_fit(stored, &error) => refused += 1,
                Err(error)
                    if breaks_its_schema(stored, error.path())
                        || is_list_for_a_time(stored, &error) =>
                {
                    invalid += 1;
                }
                Err(error) => faults.push(format!("{id} {error}")),
            }
        }
        test_support::told(&format!(
            "{file}: {same} of {} came back, {refused} have a number that does not fit, \
             {invalid} break their schema",
            objects.len()
        ));
    }
    assert!(
        faults.is_empty(),
        "{} faults\n{}",
        faults.len(),
        faults.join("\n")
    );
}
