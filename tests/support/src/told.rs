use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex};

/// Tells a line on standard error, whether or not the output of tests is captured.
pub fn told(line: &str) {
    // Not `eprintln`, which tests capture; at once, as tests run side by side.
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Tells, once, that a test or a part of one is skipped, and why.
///
/// `FEAST_SKIPPED` names a file to which it is added. Where `FEAST_REQUIRE_ALL` is set, the test
/// fails.
pub fn skipped(what: &str, why: &str) {
    let line = listed(what, why);
    let is_required = std::env::var_os("FEAST_REQUIRE_ALL").is_some_and(|value| !value.is_empty());
    assert!(!is_required, "{line}, and FEAST_REQUIRE_ALL is set");
}

/// Tells the same of a program that a machine may lack, whatever data is there: no test fails.
pub fn lacking(what: &str, program: &str) {
    listed(what, &format!("{program} is not installed"));
}

/// Lists what is skipped, once, and gives the line.
fn listed(what: &str, why: &str) -> String {
    static SKIPPED: LazyLock<Mutex<BTreeSet<String>>> = LazyLock::new(Mutex::default);
    let line = format!("skipped {what}: {why}");
    let is_new = SKIPPED.lock().unwrap().insert(line.clone());
    if is_new {
        told(&line);
        if let Some(file) = std::env::var_os("FEAST_SKIPPED") {
            let file = OpenOptions::new().append(true).create(true).open(file);
            writeln!(file.unwrap(), "{line}").unwrap();
        }
    }
    line
}
