//! Recorded requests with the API server's verdicts, against ours.
//!
//! The folder `admission` of `FEAST_CONFORMANCE_DIR` has gzipped JSON lines; its README describes
//! them. Without it, only the small sample of this repository is run.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use feast_validate::{Kind, Request, Validator, Verdict, Violation};
use flate2::read::GzDecoder;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

/// Differences that are shown of each file.
const SHOWN: usize = 5;

/// A recorded request.
#[derive(Deserialize)]
struct Case<'a> {
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

/// What the API server said.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    allowed: bool,
    object: Value,
    unknown_fields: Vec<String>,
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

/// Type, field and text of an error; only the type if it is not about a field.
type Error = (String, String, String);

#[test]
fn admission() {
    let folder = super::folder("admission");
    let recorded = ["create", "update", "rules"].map(|name| folder.join(format!("{name}.jsonl.gz")));
    let mut failed = false;
    if folder.is_dir() {
        for file in &recorded {
            failed |= !run_file(file);
        }
    } else {
        println!("skipped the recorded cases: {} is not there", folder.display());
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/admission.jsonl");
    failed |= !run_file(&sample);
    assert!(!failed, "verdicts differ from the API server's");
}

/// Runs the cases of a file; tells whether all agree.
fn run_file(path: &PathBuf) -> bool {
    let text = read(path);
    let lines = text.split('\n').filter(|line| !line.is_empty());
    let (mut agreeing, mut count, mut shown) = (0, 0, 0);
    for line in lines {
        let case: Case<'_> = serde_json::from_str(line).expect("a case");
        let differences = differences(&case);
        count += 1;
        if differences.is_empty() {
            agreeing += 1;
        } else if shown < SHOWN {
            shown += 1;
            println!("{} ({}):", case.id, case.tag);
            for difference in differences {
                println!("  {difference}");
            }
        }
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split('.').next().unwrap_or_default();
    println!("{name}: {agreeing} of {count}");
    agreeing == count
}

fn read(path: &PathBuf) -> String {
    let mut file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut text = String::new();
    let read = if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_string(&mut text)
    } else {
        file.read_to_string(&mut text)
    };
    read.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text
}

fn differences(case: &Case<'_>) -> Vec<String> {
    let verdict = judge(case);
    let Expected {
        allowed,
        object,
        unknown_fields,
        errors,
        warnings,
    } = &case.expect;
    let mut differences = Vec::new();
    let mut compare = |what: &str, ours: String, theirs: String| {
        if ours != theirs {
            differences.push(format!("{what}\n    ours   {ours}\n    theirs {theirs}"));
        }
    };
    compare("allowed", verdict.is_allowed().to_string(), allowed.to_string());
    let stored = verdict.stored().unwrap_or(&Value::Null);
    if !is_same(stored, object) {
        compare("object", stored.to_string(), object.to_string());
    }
    let unknown: Vec<_> = verdict.unknown_fields.iter().map(|field| &field.path).collect();
    compare("unknown fields", format!("{unknown:?}"), format!("{unknown_fields:?}"));
    let ours: BTreeSet<_> = verdict.warnings.iter().collect();
    let theirs: BTreeSet<_> = warnings.iter().collect();
    compare("warnings", format!("{ours:?}"), format!("{theirs:?}"));
    let ours: BTreeSet<_> = verdict.rejection().into_iter().flatten().map(our_error).collect();
    let theirs: BTreeSet<_> = errors.iter().map(their_error).collect();
    for error in ours.difference(&theirs) {
        compare("error", format!("{error:?}"), String::new());
    }
    for error in theirs.difference(&ours) {
        compare("error", String::new(), format!("{error:?}"));
    }
    differences
}

fn judge(case: &Case<'_>) -> Verdict {
    let object = case.object.get();
    let validator = validator(object);
    match (case.old_object, case.subresource.as_deref()) {
        (None, _) => validator.create(object),
        (Some(old), Some("status")) => validator.run(Request::update_status(old.get(), object)),
        (Some(old), _) => validator.run(Request::update(old.get(), object)),
    }
}

/// The version that a request goes to: the object's if it is served, else the one that is stored.
fn validator(object: &str) -> Validator<'static> {
    #[derive(Deserialize)]
    struct Type {
        #[serde(rename = "apiVersion")]
        api_version: String,
    }
    match serde_json::from_str::<Type>(object) {
        Ok(object) if object.api_version == "feast.dev/v1alpha1" => Validator::v1alpha1(),
        _ => Validator::v1(),
    }
}

fn our_error(violation: &Violation) -> Error {
    let kind = violation.kind.reason().to_owned();
    if violation.kind == Kind::BadRequest {
        return (kind, String::new(), String::new());
    }
    (kind, violation.path.clone(), violation.to_string())
}

fn their_error(error: &ExpectedError) -> Error {
    let kind = error.r#type.clone();
    if kind == "BadRequest" {
        return (kind, String::new(), String::new());
    }
    (kind, error.field.clone(), error.message.clone())
}

/// Whether two values are the same; numbers by what they are worth.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| is_same(a, b)))
        }
        _ => a == b,
    }
}
