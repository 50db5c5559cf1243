//! Compares our errors for CRDs, unchanged and modified, with those of the API server's own code.
//!
//! With `FEAST_DIFFERENTIAL_RECORD`, only test CRDs are modified, and the cases are written to the
//! file that it names, in the format of `tests/recorded/crds-refused`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use serde_json::Value;

use crate::changes::changes;
use crate::definition::Case;
use crate::oracle::Oracle;
use crate::random::Random;
use crate::{subjects, variable};

/// Number of definitions per call of the oracle.
const BATCH: usize = 500;

#[test]
#[ignore = "needs Go; builds the oracle, which takes minutes the first time"]
fn definitions() {
    let oracle = Oracle::built();
    let record = std::env::var_os("FEAST_DIFFERENTIAL_RECORD").map(PathBuf::from);
    let subjects = match record {
        Some(_) => subjects::made(),
        None => subjects::all(),
    };
    let bases: BTreeMap<String, Value> = subjects
        .into_iter()
        .map(|subject| (subject.name, subject.definition))
        .collect();
    let names: Vec<&str> = bases.keys().map(String::as_str).collect();
    let more = variable("FEAST_DEFINITIONS_COUNT", 500);
    let count = names.len() + usize::try_from(more).expect("a size");
    let seed = variable("FEAST_DIFFERENTIAL_SEED", 1);
    let (mut failures, mut recorded, mut refused) = (0, Vec::new(), 0);
    // Each one unchanged, and then modified.
    let made = |id: usize| {
        let mut random = Random::new(seed + id as u64);
        let (base, changes) = if let Some(base) = names.get(id) {
            (*base, Vec::new())
        } else {
            let base = random.pick(&names);
            (base, changes(&mut random, &bases[base]))
        };
        Case {
            base: base.to_owned(),
            changes,
            errors: BTreeSet::new(),
        }
    };
    for start in (0..count).step_by(BATCH) {
        let cases = (start..count.min(start + BATCH)).map(made).collect();
        for case in answered(cases, oracle, &bases) {
            refused += usize::from(!case.errors.is_empty());
            let differences = case.differences(&bases[&case.base]);
            if !differences.is_empty() {
                failures += 1;
                if failures <= 20 {
                    println!("{}\n  {}", case.title(), differences.join("\n  "));
                }
            }
            if record.is_some() {
                recorded.push(serde_json::to_string(&case).expect("JSON"));
            }
        }
    }
    if let Some(file) = record {
        std::fs::write(file, recorded.join("\n") + "\n").expect("writes cases");
    }
    println!("definitions: {count}, {refused} refused, {failures} differences");
    assert_eq!(failures, 0, "verdicts on definitions differ");
}

/// Cases with the server's answers, without those on which it panics.
fn answered(cases: Vec<Case>, oracle: &Oracle, bases: &BTreeMap<String, Value>) -> Vec<Case> {
    let definitions: Vec<_> = cases
        .iter()
        .map(|case| case.definition(&bases[&case.base]))
        .collect();
    let answers = oracle.refusals(&definitions);
    let answer = |(case, answer): (Case, String)| Case {
        errors: serde_json::from_str(&answer).expect("errors"),
        ..case
    };
    let cases = cases.into_iter().zip(answers).map(answer);
    let is_answered = |case: &Case| case.errors.iter().all(|error| error.r#type != "Panic");
    cases.filter(is_answered).collect()
}
