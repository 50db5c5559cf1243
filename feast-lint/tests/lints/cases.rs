//! Cases just inside and just outside the conditions of lints.

use std::path::Path;

use feast_lint::LINTS;
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    lint: String,
    about: String,
    /// Paths of the expected findings.
    found: Vec<String>,
    input: String,
}

#[test]
fn lints_have_exactly_the_expected_findings() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cases.yaml");
    let text = std::fs::read_to_string(path).expect("the cases");
    let cases = go_yaml::to_value(&text).expect("YAML");
    let cases: Vec<Case> = serde_json::from_value(cases).expect("cases");
    let mut wrong = Vec::new();
    for case in cases {
        let lint = LINTS.iter().find(|lint| lint.name == case.lint);
        let lint = lint.expect("a lint");
        let found = super::found(lint, &case.input).into_iter();
        let found: Vec<_> = found.map(|finding| finding.path.to_string()).collect();
        if found != case.found {
            wrong.push(format!(
                "{}, {}: {found:?}, not {:?}",
                case.lint, case.about, case.found
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
