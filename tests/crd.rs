//! The CRD of the Rust types equals the published and the committed one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use feast_api::crd::Options;
use feast_api::{Release, Version};
use serde_json::{Map, Value};

/// Without descriptions, which are our own, and the generator's annotation.
fn comparable(mut crd: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.retain(|key, value| key != "description" || !value.is_string());
                map.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut crd);
    let annotations = crd.pointer_mut("/metadata/annotations");
    if let Some(annotations) = annotations.and_then(Value::as_object_mut) {
        annotations.remove("controller-gen.kubebuilder.io/version");
    }
    if crd.pointer("/metadata/annotations") == Some(&Value::Object(Map::new())) {
        crd["metadata"]
            .as_object_mut()
            .unwrap()
            .remove("annotations");
    }
    crd
}

/// Compares whole documents, by lines with paths.
fn assert_same(ours: &Value, theirs: &Value) {
    let (ours, theirs) = (lines(ours), lines(theirs));
    let missing = theirs
        .iter()
        .filter(|line| ours.binary_search(line).is_err());
    let surplus = ours
        .iter()
        .filter(|line| theirs.binary_search(line).is_err());
    let difference: Vec<String> = missing
        .map(|line| format!("- {line}"))
        .chain(surplus.map(|line| format!("+ {line}")))
        .collect();
    assert!(
        difference.is_empty(),
        "{} differences (- published, + ours)\n{}",
        difference.len(),
        difference.join("\n")
    );
}

/// Each leaf of a document as `path: value`, sorted.
fn lines(document: &Value) -> Vec<String> {
    fn walk(path: &str, value: &Value, lines: &mut Vec<String>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for (key, value) in map {
                    walk(&format!("{path}.{key}"), value, lines);
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (index, value) in items.iter().enumerate() {
                    walk(&format!("{path}[{index}]"), value, lines);
                }
            }
            // 1 and 1.0 are the same bound.
            Value::Number(number) => lines.push(format!("{path}: {}", number.as_f64().unwrap())),
            _ => lines.push(format!("{path}: {value}")),
        }
    }
    let mut lines = Vec::new();
    walk("", document, &mut lines);
    lines.sort();
    lines
}

fn generated() -> Value {
    serde_json::to_value(feast_api::schema::generate()).unwrap()
}

#[test]
fn equals_the_published_crd() {
    let Some(file) = test_support::published("feast.dev_featurestores.yaml") else {
        return;
    };
    let published = go_yaml::to_value(&test_support::text(&file)).unwrap();
    assert_same(&comparable(generated()), &comparable(published));
}

#[test]
fn each_release_has_its_published_crd() {
    let Some(index) = test_support::published("releases/index.json") else {
        return;
    };
    let index: Value = serde_json::from_str(&test_support::text(&index)).unwrap();
    for (name, published) in index.as_object().unwrap() {
        let name = name
            .split_once('-')
            .map_or(name.as_str(), |(branch, _)| branch);
        let release: Release = name.parse().unwrap();
        let file = format!("releases/{}", published["file"].as_str().unwrap());
        let Some(crd) = test_support::published(&file) else {
            return;
        };
        println!("{release}");
        let crd = serde_json::from_str(&test_support::text(&crd)).unwrap();
        assert_same(&comparable(release.crd()), &comparable(crd));
        assert_eq!(
            release.date(),
            published["date"].as_str().unwrap(),
            "{release}"
        );
        let versions: Vec<_> = release
            .versions()
            .iter()
            .rev()
            .map(Version::to_string)
            .collect();
        assert_eq!(
            serde_json::json!(versions),
            published["versions"],
            "{release}"
        );
    }
    assert_eq!(index.as_object().unwrap().len(), Release::ALL.len());
}

#[test]
fn the_committed_files_are_current() {
    let crd = generated();
    let file = "feast-api/crd/feast.dev_featurestores";
    test_support::current(&format!("{file}.json"), &format!("{crd}\n"));
    let documentation = feast_api::schema::documentation();
    test_support::current(
        "feast-api/crd/documented.json",
        &format!("{documentation}\n"),
    );
    let yaml = serde_saphyr::to_string(&crd).unwrap();
    test_support::current(&format!("{file}.yaml"), &yaml);
}

#[test]
fn fits_into_the_annotation_of_a_client_side_apply() {
    let small = Options {
        descriptions: false,
        ..Options::default()
    };
    assert!(small.json().to_string().len() < 262_144);
}

#[test]
fn one_version_alone_is_stored() {
    for version in Version::ALL {
        let crd = Options {
            version: Some(version),
            ..Options::default()
        }
        .crd();
        let stored: Vec<_> = crd
            .spec
            .versions
            .iter()
            .map(|v| (v.name.as_str(), v.storage))
            .collect();
        assert_eq!(stored, [(version.as_str(), true)]);
    }
}
