use std::collections::BTreeSet;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::sync::{LazyLock, Mutex};

/// Prints a line on standard error, even if the output of tests is captured.
pub fn told(line: &str) {
    // Tests capture `eprintln`. One write, because tests run in parallel.
    let line = format!("{line}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Reports, once, that a test or a part of one is skipped, and why.
///
/// The line is also added to the file `FEAST_SKIPPED`. With `FEAST_REQUIRE_ALL`, the test fails.
pub fn skipped(what: &str, why: &str) {
    let line = listed(what, why);
    let is_required = std::env::var_os("FEAST_REQUIRE_ALL").is_some_and(|value| !value.is_empty());
    assert!(!is_required, "{line}, and FEAST_REQUIRE_ALL is set");
}

/// Reports a missing program, in the same way; the test never fails.
pub fn lacking(what: &str, program: &str) {
    listed(what, &format!("{program} is not installed"));
}

/// Reports a skipped test, once, and returns the line.
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
