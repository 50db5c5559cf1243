//! Tests that generators reach everything: each field, each enum value, each rule, satisfied and
//! broken.
//!
//! `cargo test --release -p feast-testing coverage -- --nocapture` prints the rarest.

use std::collections::{BTreeMap, BTreeSet};

use feast_api::Version;
use feast_api::rules::RULES;
use feast_validate::Validator;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

use super::schema::{self, Step};
use super::{judge, mutate};

/// The number of values to generate.
const CASES: usize = 3_000;
/// How many of the rarest to print.
const SHOWN: usize = 5;

/// The same values in every run.
fn runner() -> TestRunner {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

fn samples<S: Strategy>(strategy: &S, count: usize) -> impl Iterator<Item = S::Value> {
    let mut runner = runner();
    (0..count).map(move |_| {
        let tree = strategy.new_tree(&mut runner).expect("a value in time");
        tree.current()
    })
}

/// Counts of everything to reach.
struct Hits(BTreeMap<String, usize>);

impl Hits {
    /// The fields and enum values of these parts of the object.
    fn of_schema(version: Version, parts: &[&str]) -> Self {
        let mut hits = BTreeMap::new();
        for field in schema::fields(version) {
            if !parts
                .iter()
                .any(|part| field.path[0] == Step::Property((*part).into()))
            {
                continue;
            }
            hits.insert(field.name(), 0);
            for value in field.values {
                hits.insert(format!("{} = {value}", field.name()), 0);
            }
        }
        Self(hits)
    }

    /// Counts an object.
    fn count(&mut self, version: Version, object: &Value) {
        let mut path = Vec::new();
        self.count_at(object, schema::of(version), &mut path);
    }

    fn count_at(&mut self, value: &Value, schema: &Value, path: &mut Vec<Step>) {
        let name = schema::name(path);
        for name in [format!("{name} = {value}"), name] {
            if let Some(count) = self.0.get_mut(&name) {
                *count += 1;
            }
        }
        for (step, part) in parts(value, schema) {
            let schema = match &step {
                Step::Property(name) => &schema["properties"][name],
                Step::Item => &schema["items"],
                Step::Entry => &schema["additionalProperties"],
            };
            path.push(step);
            self.count_at(part, schema, path);
            path.pop();
        }
    }

    /// Prints the rarest; fails if something is never reached.
    fn report(&self, what: &str) {
        let mut rarest: Vec<_> = self.0.iter().map(|(name, count)| (count, name)).collect();
        rarest.sort();
        println!(
            "{what}: {} of {} hit, the rarest:",
            self.hit(),
            self.0.len()
        );
        for (count, name) in rarest.iter().take(SHOWN) {
            println!("  {count:>6} {name}");
        }
        let missed: Vec<_> = rarest.iter().filter(|(count, _)| **count == 0).collect();
        assert!(missed.is_empty(), "{what}: never hit: {missed:?}");
    }

    fn hit(&self) -> usize {
        self.0.values().filter(|count| **count > 0).count()
    }
}

fn parts<'a>(value: &'a Value, schema: &Value) -> Vec<(Step, &'a Value)> {
    match value {
        Value::Object(fields) if schema["properties"].is_object() => {
            let step = |name: &String| Step::Property(name.clone());
            fields
                .iter()
                .map(|(name, part)| (step(name), part))
                .collect()
        }
        Value::Object(fields) => fields.values().map(|part| (Step::Entry, part)).collect(),
        Value::Array(items) => items.iter().map(|part| (Step::Item, part)).collect(),
        _ => vec![],
    }
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimization")]
fn every_field_of_v1_is_hit() {
    let mut hits = Hits::of_schema(Version::V1, &["spec", "status"]);
    for fs in samples(&super::any_v1(), CASES) {
        hits.count(Version::V1, &json!(fs));
    }
    hits.report("any_v1");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimization")]
fn every_field_of_v1alpha1_is_hit() {
    let mut hits = Hits::of_schema(Version::V1Alpha1, &["spec", "status"]);
    for fs in samples(&super::any_v1alpha1(), CASES) {
        hits.count(Version::V1Alpha1, &json!(fs));
    }
    hits.report("any_v1alpha1");
}

#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimization")]
fn every_field_of_a_spec_is_admitted() {
    let mut hits = Hits::of_schema(Version::V1, &["spec"]);
    for fs in samples(&super::admitted(), CASES) {
        hits.count(Version::V1, &json!(fs));
    }
    hits.report("admitted");
    let mut hits = Hits::of_schema(Version::V1Alpha1, &["spec"]);
    for fs in samples(&super::admitted_v1alpha1(), CASES) {
        hits.count(Version::V1Alpha1, &json!(fs));
    }
    hits.report("admitted_v1alpha1");
}

/// A rule is satisfied if its field is present and the rule is not broken.
#[test]
#[cfg_attr(debug_assertions, ignore = "slow without optimization")]
fn every_rule_is_satisfied_and_broken() {
    let places = RULES.iter().flat_map(|rule| {
        let name = move |place: &&str| format!("{} at {place:?}", rule.name);
        rule.places
            .iter()
            .map(name)
            .flat_map(|name| [format!("{name} held"), format!("{name} broken")])
    });
    let mut hits = Hits(places.map(|name| (name, 0)).collect());
    for update in samples(&super::updates(), CASES) {
        let (old, new) = (json!(update.old), json!(update.new));
        let verdict = judge::update(&old, &new);
        let broken = verdict.rejection().into_iter().flatten();
        let broken: BTreeSet<_> = broken
            .filter_map(|violation| {
                Some((judge::rule_of(violation)?.name, violation.path.to_string()))
            })
            .collect();
        for rule in RULES {
            for place in rule.places {
                let pointer = mutate::pointer(place);
                let path = pointer.trim_start_matches('/').replace('/', ".");
                let is_judged = new.pointer(&pointer).is_some()
                    && (!rule.is_transition() || old.pointer(&pointer).is_some());
                let outcome = if broken.contains(&(rule.name, path)) {
                    "broken"
                } else {
                    "held"
                };
                if is_judged
                    && let Some(count) = hits
                        .0
                        .get_mut(&format!("{} at {place:?} {outcome}", rule.name))
                {
                    *count += 1;
                }
            }
        }
    }
    hits.report("updates");
}

/// Objects that break each rule, and updates that do.
#[test]
fn exactly_one_rule_is_broken() {
    for rule in RULES {
        for update in samples(&super::violating_update(rule), 3) {
            let verdict = judge::update(&json!(update.old), &json!(update.new));
            let broken = verdict.rejection().and_then(judge::rules);
            assert_eq!(broken, Some([rule.name].into()), "{update:?}");
        }
        if rule.is_transition() {
            continue;
        }
        for fs in samples(&super::violating(rule), 3) {
            let violations = Validator::v1().all(&json!(fs));
            assert_eq!(
                judge::rules(&violations),
                Some([rule.name].into()),
                "{fs:?}"
            );
            let rejection = feast_validate::validate(&fs).expect_err("a broken rule");
            assert_eq!(judge::rules(&rejection), Some([rule.name].into()), "{fs:?}");
        }
    }
}

#[test]
fn a_rule_that_compares_is_broken_by_updates_only() {
    let strategy = super::violating(&feast_api::rules::PVC_CREATE_IMMUTABLE);
    let refusal = strategy
        .new_tree(&mut runner())
        .map(|_| ())
        .expect_err("no luck");
    assert!(refusal.message().contains("by an update only"));
}

#[test]
fn a_boundary_lies_between_two_verdicts() {
    for boundary in samples(&super::near_boundary(), 60) {
        assert!(
            Validator::v1().is_valid(&json!(boundary.inside)),
            "{boundary:?}"
        );
        assert!(!Validator::v1().is_valid(&boundary.outside), "{boundary:?}");
    }
}

#[test]
fn histories_are_admitted_step_by_step() {
    let mut steps = 0;
    for history in samples(&super::edits(1..6), 30) {
        assert!(Validator::v1().is_valid(&json!(history[0])));
        for pair in history.windows(2) {
            assert!(judge::update(&json!(pair[0]), &json!(pair[1])).is_allowed());
            steps += 1;
        }
    }
    assert!(steps > 30, "{steps}");
}

#[test]
fn raw_json_is_sometimes_valid_and_often_not() {
    let raw = super::raw_json();
    let valid = samples(&raw, 200).filter(|object| Validator::v1().is_valid(object));
    assert!((20..180).contains(&valid.count()));
}
