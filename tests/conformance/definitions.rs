//! Compares errors with the API server's on rejected CRDs.
//!
//! The directory `tests/recorded/crds-refused` has changes of the CRDs in `crds`; its README
//! describes them.

use std::path::Path;

use serde_json::Value;

use crate::definition::Case;

#[test]
fn definitions() {
    // They are changes of the CRDs next to them, so `FEAST_CONFORMANCE_DIR` does not apply.
    let recorded = test_support::workspace().join("tests/recorded/crds-refused/made.jsonl.gz");
    let (mut count, mut agreeing) = (0, 0);
    for line in test_support::lines(&recorded) {
        let case: Case = serde_json::from_str(&line).expect("a case");
        let base = recorded.with_file_name(format!("../crds/{}.json.gz", case.base));
        let differences = case.differences(&read(&base));
        count += 1;
        if differences.is_empty() {
            agreeing += 1;
        } else {
            println!("{}\n  {}", case.title(), differences.join("\n  "));
        }
    }
    test_support::told(&format!("definitions: {agreeing} of {count}"));
    assert_eq!(agreeing, count, "verdicts on definitions differ");
}

fn read(file: &Path) -> Value {
    serde_json::from_str(&test_support::text(file)).expect("a definition")
}
