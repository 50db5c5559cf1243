//! Generates the rules as Rust: `json.rs` and `typed/written.rs`.

mod code;
mod json;
mod places;
mod typed;

use std::collections::BTreeMap;

use crd_admission::native::Term;
use feast_api::{Release, Version};
use serde_json::Value;

use self::places::{Place, groups};

#[test]
fn the_rules_are_those_of_the_crd() {
    let crds = [Release::Main, Release::NEWEST].map(Release::crd);
    let places: Vec<Place> = crds.iter().flat_map(Place::all).collect();
    let groups = groups(&places);
    test_support::current("feast-validate/src/rules/json.rs", &json::written(&groups));
    let spec = spec(&Release::Main.crd());
    let typed = typed::written(&groups.concat(), &spec);
    test_support::current("feast-validate/src/rules/typed/written.rs", &typed);
}

/// The terms of rules, by their CEL text.
type Terms<'a> = BTreeMap<&'a str, Term>;

fn terms<'a>(expressions: impl IntoIterator<Item = &'a str>) -> Terms<'a> {
    let term = |text| match Term::parse(text) {
        Ok(term) => (text, term),
        Err(error) => panic!("{text}: {error}"),
    };
    expressions.into_iter().map(term).collect()
}

/// The schema of the spec that has a Rust type.
fn spec(crd: &Value) -> Value {
    let mut versions = crd["spec"]["versions"].as_array().into_iter().flatten();
    let version = versions.find(|version| version["name"] == Version::V1.as_str());
    version.expect("a version")["schema"]["openAPIV3Schema"]["properties"]["spec"].clone()
}
