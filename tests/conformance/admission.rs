//! Compares verdicts with the API server's on recorded requests.
//!
//! The directory `admission` of the recordings has gzipped JSON lines; its README describes them.
//! Its subdirectory `releases` has requests to the CRD of each release, and `crds` to those of
//! other projects.

use std::path::Path;

use crd_admission::Crd;
use feast_api::Release;

use crate::case::Case;

/// Maximum number of differences to show per file.
const SHOWN: usize = 5;

#[test]
fn admission() {
    let recorded = ["create", "update", "rules"]
        .map(|name| test_support::recorded(&format!("admission/{name}.jsonl.gz")));
    let crd = feast_validate::feature_store();
    let mut failed = false;
    for file in recorded.iter().flatten() {
        failed |= !run_file(file, crd, differences);
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/admission.jsonl");
    failed |= !run_file(&sample, crd, differences);
    assert!(!failed, "verdicts differ from the API server's");
}

/// The CRD of each release of Feast.
#[test]
fn releases() {
    let Some(folder) = test_support::recorded("admission/releases") else {
        return;
    };
    let mut failed = false;
    for requests in test_support::files(&folder, ".jsonl.gz") {
        let crd = feast_validate::feature_store_of(release_of(&requests));
        failed |= !run_file(&requests, crd, differences);
    }
    assert!(!failed, "verdicts differ from the API server's");
}

/// The release of a file of recordings, by its name: a tag, or a commit after `main-`.
pub(crate) fn release_of(recordings: &Path) -> Release {
    let name = recordings.file_name().unwrap_or_default().to_string_lossy();
    let name = name.trim_end_matches(".jsonl.gz");
    let name = name.split_once('-').map_or(name, |(branch, _)| branch);
    name.parse().expect("a release that is known")
}

/// The CRDs of other projects.
#[test]
fn crds() {
    let mut failed = Vec::new();
    for resource in test_support::custom_resources() {
        // The rule that exceeds the common cost budget depends on the order of Go's maps.
        let compare = match resource.name.as_str() {
            "made-bulk" => differences_of_bulk,
            _ => differences,
        };
        if !agrees(&resource.definition, &resource.requests, compare) {
            failed.push(resource.name);
        }
    }
    assert!(
        failed.is_empty(),
        "verdicts differ from the API server's: {failed:?}"
    );
}

type Compare = fn(&Case<'_>, &Crd) -> Vec<String>;

fn agrees(definition: &Path, requests: &Path, compare: Compare) -> bool {
    match Crd::parse(test_support::text(definition).as_bytes()) {
        Ok(crd) => run_file(requests, &crd, compare),
        Err(error) => {
            println!("{}: {error}", definition.display());
            false
        }
    }
}

fn differences(case: &Case<'_>, crd: &Crd) -> Vec<String> {
    case.differences(crd)
}

fn differences_of_bulk(case: &Case<'_>, crd: &Crd) -> Vec<String> {
    let mut differences = case.differences(crd);
    differences.retain(|difference| difference.starts_with("allowed"));
    differences
}

/// Runs the cases of a file; returns whether all agree.
fn run_file(path: &Path, crd: &Crd, compare: Compare) -> bool {
    let (mut agreeing, mut count, mut shown) = (0, 0, 0);
    for line in test_support::lines(path) {
        let case: Case<'_> = serde_json::from_str(&line).expect("a case");
        let differences = compare(&case, crd);
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
    let name = name.split(".jsonl").next().unwrap_or_default();
    test_support::told(&format!("{name}: {agreeing} of {count}"));
    agreeing == count
}
