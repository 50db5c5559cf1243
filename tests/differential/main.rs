//! Fresh requests, judged by the API server's own code and by ours.
//!
//! The server's code is a Go program that reads requests as JSON lines: `tests/oracle/admit`, or
//! what is in the folder that `FEAST_ORACLE_DIR` names. `FEAST_DIFFERENTIAL_COUNT` says how many
//! requests are made, `FEAST_DIFFERENTIAL_SEED` which. Requests that are judged differently are
//! written to a file, in the form of `tests/data/admission.jsonl`.

#[path = "../conformance/case.rs"]
mod case;
mod changes;
#[path = "../conformance/definition.rs"]
mod definition;
mod definitions;
mod generate;
mod json;
mod metadata;
mod random;

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use case::Case;
use generate::Generator;
use serde_json::Value;

/// Requests that go to the oracle at once.
const BATCH: u64 = 5_000;

#[test]
#[ignore = "needs Go; builds the oracle, which takes minutes the first time"]
fn differential() {
    let oracle = build_oracle();
    let count = variable("FEAST_DIFFERENTIAL_COUNT", 50_000);
    let seed = variable("FEAST_DIFFERENTIAL_SEED", 1);
    let crd: Value = serde_json::from_str(feast_api::crd::JSON).expect("the CRD");
    let (mut failures, mut allowed) = (Vec::new(), 0);
    for start in (0..count).step_by(usize::try_from(BATCH).expect("a size")) {
        let ids = start..count.min(start + BATCH);
        let requests = ids.map(|id| Generator::new(seed + id, &crd).request(seed + id));
        let requests: Vec<String> = requests.collect();
        let verdicts = oracle.judge(&requests);
        assert_eq!(
            requests.len(),
            verdicts.len(),
            "the oracle answers every request"
        );
        for (request, verdict) in requests.iter().zip(verdicts) {
            allowed += u64::from(verdict.contains("\"allowed\":true"));
            let found = differences(request, &verdict);
            if found.is_empty() || oracle.varies(request) {
                continue;
            }
            if failures.len() < 10 {
                println!("{}", found.join("\n  "));
            }
            failures.push(line(request, &verdict));
        }
    }
    println!(
        "differential: {count} requests, {allowed} allowed, {} differences",
        failures.len()
    );
    if !failures.is_empty() {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("differential-failures.jsonl");
        std::fs::write(&file, failures.join("\n")).expect("writes failures");
        panic!("judged differently: see {}", file.display());
    }
}

/// A request with its verdict, as they are recorded.
fn line(request: &str, verdict: &str) -> String {
    let body = request.strip_suffix('}').expect("an object");
    format!("{body},\"expect\":{verdict}}}")
}

fn differences(request: &str, verdict: &str) -> Vec<String> {
    let line = line(request, verdict);
    let case: Case<'_> = serde_json::from_str(&line).expect("a case");
    let mut differences = case.differences(feast_validate::feature_store());
    if !differences.is_empty() {
        differences.insert(0, case.title());
    }
    differences
}

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// The server's code, built.
struct Oracle {
    program: PathBuf,
    crd: PathBuf,
}

fn build_oracle() -> Oracle {
    let workspace = test_support::workspace();
    let folder = std::env::var_os("FEAST_ORACLE_DIR")
        .map_or_else(|| workspace.join("tests/oracle/admit"), PathBuf::from);
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join("admit");
    let built = Command::new("go")
        .current_dir(folder)
        .arg("build")
        .arg("-o")
        .arg(&program)
        .arg(".")
        .status()
        .expect("Go");
    assert!(built.success(), "the oracle builds");
    let crd = workspace.join("feast-api/crd/feast.dev_featurestores.json");
    Oracle { program, crd }
}

impl Oracle {
    /// Whether the server says what we say at another time: of several faults in a comparison it
    /// reports the one that Go's random order of maps comes to first.
    fn varies(&self, request: &str) -> bool {
        let verdicts = self.judge(&vec![request.to_owned(); 50]);
        let mut verdicts = verdicts.iter();
        verdicts.any(|verdict| differences(request, verdict).is_empty())
    }

    fn judge(&self, requests: &[String]) -> Vec<String> {
        self.ask(&["-crd".as_ref(), self.crd.as_os_str()], requests)
    }

    fn ask(&self, arguments: &[&OsStr], requests: &[String]) -> Vec<String> {
        let mut child = Command::new(&self.program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts the oracle");
        let mut stdin = child.stdin.take().expect("a pipe");
        let input = requests.join("\n");
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().expect("reads verdicts");
        writer.join().expect("a thread").expect("writes requests");
        let text = String::from_utf8(output.stdout).expect("text");
        text.lines().map(str::to_owned).collect()
    }
}
