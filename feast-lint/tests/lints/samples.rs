//! Lints the published samples; a snapshot has the findings.

use std::fmt::Write as _;

use crate::input::Input;
use feast_lint::Config;

#[test]
fn samples() {
    let Some(folder) = test_support::published("samples") else {
        return;
    };
    let mut found = String::new();
    for file in test_support::files(&folder, ".yaml") {
        let text = test_support::text(&file);
        if !text.contains("kind: FeatureStore") {
            continue;
        }
        let name = file.file_name().expect("a file has a name");
        let _ = writeln!(found, "{}", name.to_string_lossy());
        let report = Input::read(&text).check(&Config::default());
        for finding in report.findings {
            let lint = finding.lint.name;
            let _ = writeln!(found, "  {lint}: {}: {}", finding.path, finding.message);
        }
    }
    insta::assert_snapshot!(found);
}
