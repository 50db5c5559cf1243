//! The examples in the documentation of lints, checked as programs check manifests.

use feast_lint::{Group, LINTS, Lint};
use serde_json::json;

use super::*;
use crate::manifest;

/// The documents of an example: those without `kind` are FeatureStores, by default `ml/sample`.
fn documents(example: &str) -> Vec<Value> {
    let defaults = json!({
        "apiVersion": "feast.dev/v1",
        "kind": "FeatureStore",
        "metadata": { "name": "sample" },
    });
    let documents = manifest::read(example).into_iter().map(|document| {
        let mut object = document.unwrap().value().clone();
        if object.get("kind").is_none() {
            let given = std::mem::replace(&mut object, defaults.clone());
            json_patch::merge(&mut object, &given);
        }
        object
    });
    documents.collect()
}

/// The checker for an example: with the releases of its first line, such as `# from 0.65 to 0.66`.
fn checker_of(lint: &Lint, example: &str) -> Checker {
    let mut config = Config::default();
    // Lints about suppressions need others to suppress.
    if lint.group != Group::Suppression {
        let groups = Group::ALL.iter();
        config.lints = groups
            .map(|group| (group.name().to_owned(), LintLevel::Allow))
            .collect();
    }
    config.lints.insert(lint.name.to_owned(), LintLevel::Warn);
    checker(|settings| {
        settings.namespace = "ml".to_owned();
        settings.lints = config;
        let first = example.trim_start().lines().next().unwrap_or_default();
        let Some((from, to)) = first
            .strip_prefix("# from ")
            .and_then(|rest| rest.split_once(" to "))
        else {
            return;
        };
        settings.upgraded_from = Some(from.parse().unwrap());
        settings.operator.release = to.parse().unwrap();
        settings.release = settings.operator.release.release();
    })
}

/// Whether the lint finds something in the last FeatureStore, which must be admitted. An earlier one of
/// the same name is the object before a change.
fn is_found(lint: &Lint, example: &str) -> bool {
    let mut checker = checker_of(lint, example);
    let mut documents = documents(example);
    let place = |object: &Value| {
        let metadata = &object["metadata"];
        let [namespace, name] = ["namespace", "name"].map(|field| metadata[field].as_str());
        format!("{}/{}", namespace.unwrap_or("ml"), name.unwrap_or_default())
    };
    let is_store = |object: &Value| object["kind"] == "FeatureStore";
    let last = documents.iter().rfind(|object| is_store(object)).unwrap();
    let last = place(last);
    let alike: Vec<_> = (0..documents.len())
        .filter(|&index| is_store(&documents[index]) && place(&documents[index]) == last)
        .collect();
    if let [old, _] = alike[..] {
        let old = documents.remove(old).to_string();
        checker.add_old(manifest::read(&old)[0].as_ref().unwrap());
    }
    let documents = documents.iter().map(Value::to_string);
    let text = documents.collect::<Vec<_>>().join("\n---\n");
    let documents = checker.check([Text::new("example.yaml", text)]);
    let of_last = documents
        .iter()
        .filter(|checked| checked.feature_store.as_ref() == Some(&last));
    let mut is_found = false;
    for finding in of_last.flat_map(|checked| &checked.findings) {
        let is_of_lint = feast_lint::find(&finding.code).is_some();
        let is_refused = finding.level == Level::Error && !is_of_lint;
        assert!(!is_refused, "{}: {}", lint.name, finding.text());
        is_found |= finding.code == lint.name;
    }
    is_found
}

#[test]
fn examples_of_lints_are_found() {
    let missed = LINTS
        .iter()
        .filter(|lint| !is_found(lint, lint.docs.example));
    let missed: Vec<_> = missed.map(|lint| lint.name).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn mended_examples_of_lints_are_not() {
    let still = LINTS.iter().filter(|lint| is_found(lint, lint.docs.mended));
    let still: Vec<_> = still.map(|lint| lint.name).collect();
    assert!(still.is_empty(), "{still:?}");
}
