//! Recorded requests with the API server's verdicts, against ours.
//!
//! The folder `admission` of the recordings has gzipped JSON lines; its README describes them.

use std::path::Path;

use crd_admission::Crd;

use crate::case::Case;

/// Differences that are shown of each file.
const SHOWN: usize = 5;

#[test]
fn admission() {
    let recorded = ["create", "update", "rules"]
        .map(|name| test_support::recorded(&format!("admission/{name}.jsonl.gz")));
    let crd = feast_validate::feature_store();
    let mut failed = false;
    for file in recorded.iter().flatten() {
        failed |= !run_file(file, crd);
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/admission.jsonl");
    failed |= !run_file(&sample, crd);
    assert!(!failed, "verdicts differ from the API server's");
}

/// Runs the cases of a file; tells whether all agree.
fn run_file(path: &Path, crd: &Crd) -> bool {
    let (mut agreeing, mut count, mut shown) = (0, 0, 0);
    for line in test_support::lines(path) {
        let case: Case<'_> = serde_json::from_str(&line).expect("a case");
        let differences = case.differences(crd);
        count += 1;
        if differences.is_empty() {
            agreeing += 1;
        } else if shown < SHOWN {
            shown += 1;
            println!("{}:", case.title());
            for difference in differences {
                println!("  {difference}");
            }
        }
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.split('.').next().unwrap_or_default();
    test_support::told(&format!("{name}: {agreeing} of {count}"));
    agreeing == count
}
