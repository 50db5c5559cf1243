//! Compares predicted rejections with a real API server's, on recorded objects.
//!
//! The directory `apply` of the recordings has gzipped JSON lines; its README describes them. The
//! objects are those of the directory `render`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use kube_object_validation::{Refusal, Release};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Maximum number of differences to show.
const SHOWN: usize = 10;
/// Kinds that the API server did not get.
const CUSTOM: [&str; 3] = ["FeatureStore", "Route", "ServiceMonitor"];
/// Maximum length of recorded messages.
const LONGEST: usize = 1500;

#[test]
fn apply() {
    let files = ["apply/refused.jsonl.gz", "render/cases.jsonl.gz"].map(test_support::recorded);
    let [Some(refused), Some(cases)] = files else {
        return;
    };
    let mut messages = messages(&refused);
    let mut tally = Tally::default();
    for case in lines::<Case>(&cases) {
        for (step, outcome) in case.expect.iter().enumerate() {
            for object in &outcome.objects {
                let place = (case.id.clone(), step, title(object));
                let message = messages.remove(&place);
                tally.count(&place, object, message.as_deref());
            }
        }
    }
    assert!(
        messages.is_empty(),
        "rejections without an object: {:?}",
        messages.keys()
    );
    let Tally {
        found,
        refused,
        objects,
        false_alarms,
        ..
    } = tally;
    test_support::told(&format!(
        "apply: {found} of {refused}, false alarms: {false_alarms} in {objects} objects"
    ));
    assert_eq!((found, false_alarms), (refused, 0), "predictions differ");
}

/// An object of a case: the case, the step, `Kind/name`.
type Place = (String, usize, String);

#[derive(Deserialize)]
struct Line {
    id: String,
    step: usize,
    object: String,
    message: String,
}

#[derive(Deserialize)]
struct Case {
    id: String,
    expect: Vec<Outcome>,
}

#[derive(Deserialize)]
struct Outcome {
    #[serde(default)]
    objects: Vec<Value>,
}

fn lines<T: DeserializeOwned>(path: &Path) -> impl Iterator<Item = T> {
    test_support::lines(path)
        .map(|line| serde_json::from_str(&line).expect("an entry on each line"))
}

fn messages(path: &Path) -> BTreeMap<Place, String> {
    let entry = |line: Line| ((line.id, line.step, line.object), line.message);
    lines(path).map(entry).collect()
}

fn title(object: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "{}/{}",
        text(&object["kind"]),
        text(&object["metadata"]["name"])
    )
}

#[derive(Default)]
struct Tally {
    /// Predicted rejections with the same fields.
    found: usize,
    refused: usize,
    objects: usize,
    /// Accepted objects with a predicted rejection.
    false_alarms: usize,
    shown: usize,
}

impl Tally {
    fn count(&mut self, place: &Place, object: &Value, message: Option<&str>) {
        if CUSTOM.iter().any(|kind| object["kind"] == *kind) {
            return;
        }
        let refusals = kube_object_validation::check(object, Release::V1_35);
        self.objects += 1;
        self.refused += usize::from(message.is_some());
        let is_same = match message {
            Some(message) => agree(&refusals, message),
            None => refusals.is_empty(),
        };
        match (is_same, message) {
            (true, Some(_)) => self.found += 1,
            (true, None) => {}
            (false, Some(message)) => self.show(place, &refusals, message),
            (false, None) => {
                self.false_alarms += 1;
                self.show(place, &refusals, "taken");
            }
        }
    }

    fn show(&mut self, place: &Place, refusals: &[Refusal], message: &str) {
        self.shown += 1;
        if self.shown <= SHOWN {
            println!("{place:?}\n  theirs {message}");
            for refusal in refusals {
                println!("  ours   {refusal}");
            }
        }
    }
}

/// Whether the rejections have the fields of a message, which may be truncated.
fn agree(refusals: &[Refusal], message: &str) -> bool {
    let ours: BTreeSet<_> = refusals
        .iter()
        .map(|refusal| refusal.field.as_str())
        .collect();
    let theirs = fields(message);
    if message.chars().count() >= LONGEST {
        !theirs.is_empty() && theirs.is_subset(&ours)
    } else {
        theirs == ours
    }
}

/// The fields in a message.
fn fields(message: &str) -> BTreeSet<&str> {
    const KINDS: [&str; 10] = [
        "Required value",
        "Forbidden",
        "Invalid value",
        "Unsupported value",
        "Duplicate value",
        "Not found",
        "Too long",
        "Too many",
        "Internal error",
        "duplicate entries for key",
    ];
    let ends = KINDS
        .iter()
        .flat_map(|kind| message.match_indices(*kind).map(|(at, _)| at));
    let starts = ["is invalid: [", "is invalid: ", "): ", ", ", "\n  "];
    let field = |end: usize| {
        let before = message[..end].strip_suffix(": ")?;
        let last = |start: &&str| before.rfind(*start).map(|at| at + start.len());
        Some(&before[starts.iter().filter_map(last).max()?..])
    };
    ends.filter_map(field)
        .filter(|field| !field.is_empty())
        .collect()
}
