//! A request with the API server's verdict.

use std::collections::BTreeSet;

use crd_admission::{Crd, ErrorType, Request, Validator, Verdict, Violation};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// A recorded request.
#[derive(Deserialize)]
pub(crate) struct Case<'a> {
    id: Value,
    #[serde(default)]
    tag: String,
    #[serde(borrow)]
    object: &'a RawValue,
    #[serde(borrow, rename = "oldObject")]
    old_object: Option<&'a RawValue>,
    subresource: Option<String>,
    expect: Expected,
}

/// The API server's answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    allowed: bool,
    object: Value,
    unknown_fields: Vec<String>,
    /// Not in recordings.
    duplicate_fields: Option<Vec<String>>,
    #[serde(default)]
    errors: Vec<ExpectedError>,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct ExpectedError {
    r#type: String,
    field: String,
    message: String,
}

/// Type, field and text of an error; only the type if it does not concern a field.
type Error = (String, String, String);

impl Case<'_> {
    /// The case's id and tag.
    pub(crate) fn title(&self) -> String {
        format!("{} ({})", self.id, self.tag)
    }

    /// The differences from the API server's answer.
    pub(crate) fn differences(&self, crd: &Crd) -> Vec<String> {
        let verdict = self.judge(crd);
        let Expected {
            allowed,
            object,
            unknown_fields,
            duplicate_fields,
            errors,
            warnings,
        } = &self.expect;
        let mut differences = Vec::new();
        let mut compare = |what: &str, ours: String, theirs: String| {
            if ours != theirs {
                differences.push(format!("{what}\n    ours   {ours}\n    theirs {theirs}"));
            }
        };
        compare(
            "allowed",
            verdict.is_allowed().to_string(),
            allowed.to_string(),
        );
        let stored = verdict.stored().unwrap_or(&Value::Null);
        if !is_same(stored, object) {
            compare("object", stored.to_string(), object.to_string());
        }
        let unknown: Vec<_> = verdict
            .unknown_fields
            .iter()
            .map(|field| &field.path)
            .collect();
        compare(
            "unknown fields",
            format!("{unknown:?}"),
            format!("{unknown_fields:?}"),
        );
        if let Some(theirs) = duplicate_fields {
            let ours = &verdict.duplicate_fields;
            compare(
                "duplicate fields",
                format!("{ours:?}"),
                format!("{theirs:?}"),
            );
        }
        let ours: BTreeSet<_> = verdict.warnings.iter().collect();
        let theirs: BTreeSet<_> = warnings.iter().collect();
        compare("warnings", format!("{ours:?}"), format!("{theirs:?}"));
        let ours: BTreeSet<_> = verdict
            .rejection()
            .into_iter()
            .flatten()
            .map(our_error)
            .collect();
        let theirs: BTreeSet<_> = errors.iter().map(their_error).collect();
        for error in ours.difference(&theirs) {
            compare("error", format!("{error:?}"), String::new());
        }
        for error in theirs.difference(&ours) {
            compare("error", String::new(), format!("{error:?}"));
        }
        differences.extend(self.disagreements(crd, &verdict));
        differences
    }

    /// The differences between our verdict and our other entry points.
    fn disagreements(&self, crd: &Crd, verdict: &Verdict) -> Vec<String> {
        let object = self.object.get();
        let validator = validator(crd, object);
        let mut disagreements = Vec::new();
        let value: Value = serde_json::from_str(object).unwrap_or_default();
        for (fits, is_clean) in validator.quick_and_thorough(&value) {
            if fits != is_clean {
                let quick = format!("quick look {fits}, thorough one {is_clean}");
                disagreements.push(quick);
            }
        }
        if self.old_object.is_none() && validator.is_valid(object) != verdict.is_allowed() {
            let valid = format!("is_valid says {}", !verdict.is_allowed());
            disagreements.push(valid);
        }
        disagreements
    }

    fn judge(&self, crd: &Crd) -> Verdict {
        let object = self.object.get();
        let validator = validator(crd, object);
        let request = match (self.old_object, self.subresource.as_deref()) {
            (None, _) => Request::create(object),
            (Some(old), Some("status")) => Request::update_status(old.get(), object),
            (Some(old), _) => Request::update(old.get(), object),
        };
        validator.run(request.conditional())
    }
}

/// The version of a request: the object's if it is served, else the stored one.
fn validator<'c>(crd: &'c Crd, object: &str) -> Validator<'c> {
    #[derive(Deserialize)]
    struct Type {
        #[serde(rename = "apiVersion")]
        api_version: String,
    }
    let own = serde_json::from_str::<Type>(object)
        .ok()
        .and_then(|object| {
            let (group, version) = object.api_version.split_once('/')?;
            crd.version(version).filter(|_| group == crd.group)
        });
    own.or_else(|| crd.storage()).expect("a version is stored")
}

fn our_error(violation: &Violation) -> Error {
    let kind = violation.error_type.reason().to_owned();
    if matches!(
        violation.error_type,
        ErrorType::BadRequest | ErrorType::Internal
    ) {
        return (kind, String::new(), String::new());
    }
    (kind, violation.path.to_string(), violation.to_string())
}

fn their_error(error: &ExpectedError) -> Error {
    let kind = error.r#type.clone();
    // The texts are those of Go's decoder, or the oracle's own.
    if matches!(kind.as_str(), "BadRequest" | "InternalError") {
        return (kind, String::new(), String::new());
    }
    (kind, error.field.clone(), error.message.clone())
}

/// Whether two values are the same; numbers compare by value.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, a)| b.get(name).is_some_and(|b| is_same(a, b)))
        }
        _ => a == b,
    }
}
