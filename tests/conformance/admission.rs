//! Recorded requests with the API server's verdicts, against ours.
//!
//! The folder `admission` of the recordings has gzipped JSON lines; its README describes them.
//! Without it, only the small sample of this repository is run.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::case::Case;

/// Differences that are shown of each file.
const SHOWN: usize = 5;

#[test]
fn admission() {
    let folder = super::folder("admission");
    let recorded =
        ["create", "update", "rules"].map(|name| folder.join(format!("{name}.jsonl.gz")));
    let mut failed = false;
    if folder.is_dir() {
        for file in &recorded {
            failed |= !run_file(file);
        }
    } else {
        println!(
            "skipped the recorded cases: {} is not there",
            folder.display()
        );
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/admission.jsonl");
    failed |= !run_file(&sample);
    assert!(!failed, "verdicts differ from the API server's");
}

/// Runs the cases of a file; tells whether all agree.
fn run_file(path: &Path) -> bool {
    let text = read(path);
    let lines = text.split('\n').filter(|line| !line.is_empty());
    let (mut agreeing, mut count, mut shown) = (0, 0, 0);
    for line in lines {
        let case: Case<'_> = serde_json::from_str(line).expect("a case");
        let differences = case.differences();
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
    println!("{name}: {agreeing} of {count}");
    agreeing == count
}

fn read(path: &Path) -> String {
    let mut file = File::open(path).expect("a file of cases");
    let mut text = String::new();
    let read = if path.extension().is_some_and(|extension| extension == "gz") {
        GzDecoder::new(file).read_to_string(&mut text)
    } else {
        file.read_to_string(&mut text)
    };
    read.expect("a readable file of cases");
    text
}
