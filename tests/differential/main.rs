//! Fresh requests for FeatureStores, judged by the API server's own code and by ours.
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
mod resources;
mod values;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use case::Case;
use crd_admission::Crd;
use generate::Generator;
use serde_json::Value;

/// Requests that go to the oracle at once.
const BATCH: u64 = 5_000;
/// Failures that are shown.
const SHOWN: usize = 10;

#[test]
#[ignore = "needs Go; builds the oracle, which takes minutes the first time"]
fn differential() {
    let oracle = build_oracle();
    let count = variable("FEAST_DIFFERENTIAL_COUNT", 50_000);
    let seed = variable("FEAST_DIFFERENTIAL_SEED", 1);
    let crd: Value = serde_json::from_str(feast_api::crd::JSON).expect("the CRD");
    let file = test_support::workspace().join("feast-api/crd/feast.dev_featurestores.json");
    let mut failures = Failures::default();
    for start in (0..count).step_by(usize::try_from(BATCH).expect("a size")) {
        let ids = start..count.min(start + BATCH);
        let requests = ids.map(|id| Generator::new(seed + id, &crd).request(seed + id));
        let requests: Vec<String> = requests.collect();
        oracle.compare(
            feast_validate::feature_store(),
            &file,
            &requests,
            &mut failures,
        );
    }
    println!(
        "differential: {count} requests, {} allowed, {} differences",
        failures.allowed,
        failures.len()
    );
    if let Err(differences) = failures.report("differential") {
        panic!("{differences}");
    }
}

/// Requests that are judged differently.
#[derive(Default)]
struct Failures {
    lines: Vec<String>,
    /// What differs in the first of them.
    shown: Vec<String>,
    /// How many requests are allowed.
    allowed: u64,
}

impl Failures {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn add(&mut self, line: String, differences: &[String]) {
        if self.lines.len() < SHOWN {
            self.shown.push(differences.join("\n  "));
        }
        self.lines.push(line);
    }

    /// Writes them to a file, if there are any.
    fn report(self, name: &str) -> Result<(), String> {
        if self.lines.is_empty() {
            return Ok(());
        }
        let file = format!("{name}-failures.jsonl");
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join(file);
        std::fs::write(&file, self.lines.join("\n")).expect("writes failures");
        let shown = self.shown.join("\n");
        Err(format!(
            "{shown}\njudged differently: see {}",
            file.display()
        ))
    }
}

/// A CRD, and the file that it is in.
struct Definition {
    file: PathBuf,
    json: Value,
}

/// The CRDs that were made for tests and those that are published, by name.
fn definitions() -> BTreeMap<String, Definition> {
    let made = test_support::workspace().join("tests/recorded/crds");
    let published = test_support::published("crds");
    let folders = [Some(made), published].into_iter().flatten();
    let files = folders.flat_map(|folder| test_support::files(&folder, ".json.gz"));
    let definition = |file: PathBuf| {
        let name = file.file_name()?.to_str()?;
        let name = name.strip_suffix(".json.gz")?.to_owned();
        let json = serde_json::from_str(&test_support::text(&file)).expect("a definition");
        Some((name, Definition { file, json }))
    };
    files.filter_map(definition).collect()
}

/// A request with its verdict, as they are recorded.
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

fn variable(name: &str, default: u64) -> u64 {
    let value = std::env::var(name).ok();
    value
        .and_then(|value| value.parse().ok())
        .unwrap_or(default)
}

/// The server's code, built.
struct Oracle {
    program: PathBuf,
}

fn build_oracle() -> Oracle {
    let folder = std::env::var_os("FEAST_ORACLE_DIR").map_or_else(
        || test_support::workspace().join("tests/oracle/admit"),
        PathBuf::from,
    );
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
    Oracle { program }
}

impl Oracle {
    /// Has requests for a CRD, which is in a file, judged by the server's code and by ours.
    fn compare(&self, crd: &Crd, file: &Path, requests: &[String], failures: &mut Failures) {
        let verdicts = self.judge(file, requests);
        assert_eq!(
            requests.len(),
            verdicts.len(),
            "the oracle answers every request for {}",
            file.display()
        );
        for (request, verdict) in requests.iter().zip(verdicts) {
            failures.allowed += u64::from(verdict.contains("\"allowed\":true"));
            let found = differences(crd, request, &verdict);
            if !found.is_empty() && !self.varies(crd, file, request) {
                failures.add(line(request, &verdict), &found);
            }
        }
    }

    /// Whether the server says what we say at another time: of several faults in a comparison it
    /// reports the one that Go's random order of maps comes to first.
    fn varies(&self, crd: &Crd, file: &Path, request: &str) -> bool {
        let verdicts = self.judge(file, &vec![request.to_owned(); 50]);
        let mut verdicts = verdicts.iter();
        verdicts.any(|verdict| differences(crd, request, verdict).is_empty())
    }

    fn judge(&self, file: &Path, requests: &[String]) -> Vec<String> {
        self.ask(&["-crd".as_ref(), file.as_os_str()], requests)
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
