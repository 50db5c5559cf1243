//! Compares go-yaml's results with this crate's.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use go_yaml::{
    DocumentFault, Duplicates, Error, Fault, Mapping, Scalars, Value, documents, read_mapping,
    read_value, to_json, to_json_with,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// A description of the result, or the error.
#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(default)]
struct Outcome {
    #[serde(skip_serializing_if = "String::is_empty")]
    ok: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    err: String,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    random: bool,
}

#[derive(Deserialize, Serialize)]
pub(crate) struct Answer {
    json: Outcome,
    strict: Outcome,
    value: Outcome,
    mapping: Outcome,
    documents: Vec<Outcome>,
}

impl Answer {
    /// Whether go-yaml's result is random.
    pub(crate) fn is_random(&self) -> bool {
        self.json.random || self.strict.random
    }
}

/// The differences of this crate, one per line.
pub(crate) fn compare(text: &str, answer: &Answer) -> Vec<String> {
    if text.starts_with("\u{feff}\u{feff}") {
        // go-yaml loses the first character of each line.
        return vec![];
    }
    let mut differences = Vec::new();
    let mut check = |what: &str, ours: Result<String, Error>, expected: &Outcome| {
        let is_same = match &ours {
            Ok(ours) => *ours == expected.ok,
            Err(error) => {
                is_limit(error)
                    || is_panic(&expected.err)
                    || error.to_string() == without_content(&expected.err)
                    || is_same_key(error, &expected.err)
                    || is_behind_comment(what, text, &expected.err)
                    || is_character(&error.to_string(), &expected.err)
            }
        };
        if !is_same {
            let expected = match expected.err.as_str() {
                "" => &expected.ok,
                error => &without_content(error),
            };
            differences.push(format!("{what}: {ours:?}, expected {expected}"));
        }
    };
    if !answer.json.random {
        check(
            "json",
            to_json(text).map(|json| describe_json(&json)),
            &answer.json,
        );
    }
    // Here merged keys may be replaced, and NaN is a key like others.
    if !answer.strict.random && !text.contains("<<") && !text.to_lowercase().contains(".nan") {
        let strict = to_json_with(text, Duplicates::Refused);
        check(
            "strict",
            strict.map(|json| describe_json(&json)),
            &answer.strict,
        );
    }
    let value = read_value(text.as_bytes(), Scalars::Resolved);
    check("value", value.map(|value| describe(&value)), &answer.value);
    let mapping = read_mapping(text.as_bytes(), Scalars::Resolved);
    check(
        "mapping",
        mapping.map(|mapping| describe_mapping(&mapping)),
        &answer.mapping,
    );
    // kubectl counts line breaks of three characters as two. Numbers and words may follow JSON
    // there without space.
    let is_odd = text.contains("\r\r\n")
        || text.trim_start().starts_with('{')
            && answer
                .documents
                .iter()
                .any(|found| !found.ok.is_empty() && !found.ok.starts_with('{'));
    if !answer.json.random && !is_odd {
        differences.extend(compare_documents(text, &answer.documents));
    }
    differences
}

/// A limit of this crate that go-yaml does not have.
fn is_limit(error: &Error) -> bool {
    matches!(error.fault(), Fault::TooDeep)
}

/// go-yaml v3 panics on a list as a key next to a merge.
fn is_panic(expected: &str) -> bool {
    expected.starts_with("panic: ")
}

/// Version 2 does not report the first position of the key.
fn is_same_key(error: &Error, expected: &str) -> bool {
    let line = |text: &str| text.split(':').nth(2).map(str::to_owned);
    expected.contains(" already set in map")
        && matches!(error.fault(), Fault::DuplicateKey { .. })
        && line(&error.to_string()) == line(expected)
}

/// Version 3 continues after an error that follows a comment, and reports the next one.
fn is_behind_comment(what: &str, text: &str, expected: &str) -> bool {
    matches!(what, "value" | "mapping") && text.contains('#') && !expected.is_empty()
}

/// If an error is followed by a forbidden character, either may be reported.
fn is_character(ours: &str, expected: &str) -> bool {
    let is_character = |error: &str| error.ends_with("control characters are not allowed");
    !expected.is_empty() && (is_character(ours) || is_character(expected))
}

/// kubectl stops at the first error, and loses the text before an invalid separator.
fn compare_documents(text: &str, expected: &[Outcome]) -> Option<String> {
    let mut ours: Vec<Result<String, DocumentFault>> = Vec::new();
    let mut separator = false;
    for document in documents(text, Duplicates::LastWins) {
        match document.json {
            Ok(json) => ours.push(Ok(describe_json(&json))),
            Err(error) => {
                separator = matches!(error.fault, DocumentFault::Separator);
                if matches!(&error.fault, DocumentFault::Yaml(error) if is_limit(error)) {
                    return None;
                }
                ours.push(Err(error.fault));
                break;
            }
        }
    }
    if separator && ours.len() > expected.len() {
        let _lost = ours.remove(ours.len() - 2);
    }
    let is_same = ours.len() == expected.len()
        && ours
            .iter()
            .zip(expected)
            .all(|(ours, expected)| match ours {
                Ok(ours) => *ours == expected.ok,
                Err(_) => !expected.err.is_empty(),
            });
    (!is_same).then(|| format!("documents: {ours:?}, expected {expected:?}"))
}

/// go-yaml's error in this crate's form: the first of several, without content.
fn without_content(error: &str) -> String {
    if error.contains("into map[string]interface {}") {
        return "yaml: not a mapping".to_owned();
    }
    if error.starts_with("unsupported map key") {
        return "unsupported map key".to_owned();
    }
    if error.starts_with("json: unsupported value") {
        return "json: unsupported value: not a finite number".to_owned();
    }
    if error.ends_with(" into string") {
        return "yaml: invalid map key".to_owned();
    }
    if let Some((start, _)) = error.split_once("invalid map key: ") {
        return format!("{start}invalid map key");
    }
    let mut told = error.to_owned();
    for (before, after) in [
        ("unknown anchor", " referenced"),
        ("anchor", " value contains itself"),
        ("cannot decode !!str", " as a !!"),
        ("cannot decode !!int", " as a !!"),
        ("cannot decode !!float", " as a !!"),
        ("cannot decode !!bool", " as a !!"),
        ("cannot decode !!null", " as a !!"),
        ("cannot decode !!timestamp", " as a !!"),
        ("mapping key", " already defined at line "),
    ] {
        let start = told.find(before).map(|at| at + before.len());
        if let Some(start) = start
            && let Some(end) = told[start..].find(after).map(|at| at + start)
        {
            told.replace_range(start..end, "");
        }
    }
    let mut lines = told.lines();
    let first = lines.next().unwrap_or_default().to_owned();
    match lines.next() {
        Some(second) => format!("{first}\n{second}"),
        None => first,
    }
}

fn describe_text(text: &[u8]) -> String {
    format!("s{}", STANDARD.encode(text))
}

/// JSON with numbers as written.
fn describe_json(json: &str) -> String {
    match json.as_bytes()[0] {
        b'{' => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(json).expect("JSON");
            let fields = fields.iter();
            let fields = fields
                .map(|(key, value)| (describe_text(key.as_bytes()), describe_json(value.get())));
            describe_fields(fields)
        }
        b'[' => {
            let items: Vec<&RawValue> = serde_json::from_str(json).expect("JSON");
            let items: Vec<_> = items.iter().map(|item| describe_json(item.get())).collect();
            format!("[{}]", items.join(","))
        }
        b'"' => {
            let text: String = serde_json::from_str(json).expect("JSON");
            describe_text(text.as_bytes())
        }
        b't' | b'f' | b'n' => json.to_owned(),
        _ => format!("n{json}"),
    }
}

fn describe_fields(fields: impl Iterator<Item = (String, String)>) -> String {
    let mut fields: Vec<_> = fields
        .map(|(key, value)| format!("{key}:{value}"))
        .collect();
    fields.sort();
    format!("{{{}}}", fields.join(","))
}

fn describe(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => format!("i{value}"),
        Value::Float(value) if value.0.is_nan() => "fNaN".to_owned(),
        Value::Float(value) => format!("f{:016x}", value.0.to_bits()),
        Value::Timestamp(value) => format!("t{value}"),
        Value::Text(value) => describe_text(value.as_bytes()),
        Value::Bytes(value) => describe_text(value),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(describe).collect();
            format!("[{}]", items.join(","))
        }
        Value::Map(mapping) => describe_mapping(mapping),
    }
}

fn describe_mapping(mapping: &Mapping) -> String {
    describe_fields(
        mapping
            .iter()
            .map(|(key, value)| (describe(key), describe(value))),
    )
}
