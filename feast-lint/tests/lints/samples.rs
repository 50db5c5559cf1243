//! The published samples are linted as a whole: what is found in them is in a snapshot.
//!
//! `FEAST_SAMPLES_DIR` names their folder; by default it is `../shared/upstream/samples` beside the
//! workspace. Without it nothing is checked.
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::input::Input;
use feast_lint::Config;

#[test]
fn samples() {
    let folder = std::env::var_os("FEAST_SAMPLES_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/upstream/samples"),
        PathBuf::from,
    );
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    let texts: BTreeMap<_, _> = entries
        .map(|entry| entry.expect("an entry"))
        .map(|entry| {
            let text = std::fs::read_to_string(entry.path()).expect("a text");
            (entry.file_name(), text)
        })
        .filter(|(_, text)| text.contains("kind: FeatureStore"))
        .collect();
    let mut found = String::new();
    for (name, text) in texts {
        let _ = writeln!(found, "{}", name.to_string_lossy());
        let report = Input::read(&text).check(&Config::default());
        for finding in report.findings {
            let lint = finding.lint.name;
            let _ = writeln!(found, "  {lint}: {}: {}", finding.path, finding.message);
        }
    }
    insta::assert_snapshot!(found);
}
