//! Compares verdicts on random requests for any resource with those of the API server's own code.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crd_admission::Crd;

use crate::case::Case;
use crate::generate::Requests;
use crate::oracle::Oracle;
use crate::subjects::{self, Subject};
use crate::variable;

/// Number of requests per call of the oracle.
const BATCH: u64 = 5_000;
/// Maximum number of failures to show per CRD.
const SHOWN: usize = 5;

#[test]
#[ignore = "needs Go; builds the oracle, which takes minutes the first time"]
fn resources() {
    let oracle = Oracle::built();
    let subjects = Mutex::new(subjects::all().into_iter());
    let failed = Mutex::new(Vec::new());
    let work = || {
        loop {
            let subject = subjects.lock().expect("no panic").next();
            let Some(subject) = subject else { break };
            if let Err(differences) = compare(oracle, &subject) {
                println!("{differences}");
                failed.lock().expect("no panic").push(subject.name);
            }
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(work);
        }
    });
    let failed = failed.into_inner().expect("no panic");
    assert!(failed.is_empty(), "verdicts differ: {failed:?}");
}

/// Compares verdicts on requests for a CRD. Requests with different verdicts are written to a file,
/// in the format of `tests/data/admission.jsonl`.
fn compare(oracle: &Oracle, subject: &Subject) -> Result<(), String> {
    let count = variable("FEAST_DIFFERENTIAL_COUNT", 100);
    let seed = variable("FEAST_DIFFERENTIAL_SEED", 1);
    let name = &subject.name;
    let file = written(&format!("{name}-crd.json"), &subject.definition.to_string());
    let crd = subject
        .compiled()
        .map_err(|error| format!("{name}: {error}"))?;
    let requests = Requests::new(&subject.definition);
    let (mut allowed, mut failures) = (0, Vec::new());
    for start in (0..count).step_by(usize::try_from(BATCH).expect("a size")) {
        let requests = requests.made(seed + start..seed + count.min(start + BATCH));
        let verdicts = oracle.judge(&file, &requests);
        for (request, verdict) in requests.iter().zip(&verdicts) {
            allowed += u64::from(verdict.contains("\"allowed\":true"));
            let found = differences(&crd, request, verdict);
            if !found.is_empty() && !varies(oracle, &crd, &file, request) {
                failures.push((line(request, verdict), found.join("\n  ")));
            }
        }
    }
    fs::remove_file(&file).expect("a file that can be removed");
    let failed = failures.len();
    test_support::told(&format!(
        "{name}: {count} requests, {allowed} allowed, {failed} differences"
    ));
    report(name, &failures)
}

/// Whether the server sometimes gives our answer: of several faults in a comparison it reports the
/// first in Go's random order of maps. With several such rules, a certain combination may be rare.
fn varies(oracle: &Oracle, crd: &Crd, file: &Path, request: &str) -> bool {
    let requests = vec![request.to_owned(); 50];
    (0..40).any(|_| {
        let verdicts = oracle.judge(file, &requests);
        let mut verdicts = verdicts.iter();
        verdicts.any(|verdict| differences(crd, request, verdict).is_empty())
    })
}

fn report(name: &str, failures: &[(String, String)]) -> Result<(), String> {
    if failures.is_empty() {
        return Ok(());
    }
    let lines: Vec<_> = failures.iter().map(|(line, _)| line.as_str()).collect();
    let file = written(&format!("{name}-failures.jsonl"), &lines.join("\n"));
    let shown = failures.iter().take(SHOWN);
    let shown: Vec<_> = shown.map(|(_, found)| found.as_str()).collect();
    Err(format!(
        "{}\njudged differently: see {}",
        shown.join("\n"),
        file.display()
    ))
}

fn written(name: &str, text: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&file, text).expect("a file that can be written");
    file
}

/// A request with its verdict, in the format of recordings.
fn line(request: &str, verdict: &str) -> String {
    let body = request.strip_suffix('}').expect("an object");
    format!("{body},\"expect\":{verdict}}}")
}

fn differences(crd: &Crd, request: &str, verdict: &str) -> Vec<String> {
    let line = line(request, verdict);
    let case: Case<'_> = serde_json::from_str(&line).expect("a case");
    let mut differences = case.differences(crd);
    if !differences.is_empty() {
        differences.insert(0, case.title());
    }
    differences
}
