//! Suggestions for unknown fields.

use feast_validate::Validator;
use serde_json::{Value, json};

#[track_caller]
fn hint(spec: &Value, expected: &str) {
    let verdict = Validator::v1().create(&json!({
        "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
        "metadata": {"name": "sample", "namespace": "ml"},
        "spec": spec,
    }));
    let unknown: Vec<_> = verdict
        .unknown_fields
        .iter()
        .map(ToString::to_string)
        .collect();
    assert_eq!(unknown, [expected]);
}

#[test]
fn fields_one_level_too_deep_are_recognized() {
    hint(
        &json!({"feastProject": "a", "services": {"ui": {"server": {"logLevel": "debug"}}}}),
        "spec.services.ui.server: move its content one level up",
    );
    hint(
        &json!({"feastProject": "a", "services": {"ui": {"server": {"level": "debug"}}}}),
        "spec.services.ui.server",
    );
}

#[test]
fn names_that_end_in_the_same_word_are_alike() {
    let git = |field: &str| {
        let git = json!({"url": "https://github.com/example/a", field: "features"});
        json!({"feastProject": "a", "feastProjectDir": {"git": git}})
    };
    for field in ["path", "subPath"] {
        let expected = format!("spec.feastProjectDir.git.{field}: did you mean `featureRepoPath`?");
        hint(&git(field), &expected);
    }
    hint(&git("depth"), "spec.feastProjectDir.git.depth");
}
