use std::fmt;
use std::ops::Range;

use feast_api::Version;
use feast_api::rules::{RULES, Rule};
use feast_api::v1::FeatureStore;
use proptest::prelude::*;
use proptest::test_runner::{Reason, TestRunner};
use serde_json::{Value, json};

use super::feature_store::configured;
use super::grown::Grown;
use super::objects::{admitted_value, graft_admitted, read};
use super::schema::{chance, pick};
use super::{judge, mutate};

/// An update of a FeatureStore.
#[derive(Clone, PartialEq)]
pub struct Update {
    /// The old object.
    pub old: FeatureStore,
    /// The new object.
    pub new: FeatureStore,
}

/// Shows the objects as JSON.
impl fmt::Debug for Update {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { old, new } = self;
        write!(f, "old: {:#}\nnew: {:#}", json!(old), json!(new))
    }
}

impl Update {
    fn of(made: &Value) -> Self {
        Self {
            old: read(made["old"].clone()),
            new: read(made["new"].clone()),
        }
    }
}

/// Updates of a valid FeatureStore: mostly valid ones, and some that break a rule, including
/// transition rules.
pub fn updates() -> impl Strategy<Value = Update> {
    let rules = proptest::sample::select(RULES);
    let refused = rules.prop_flat_map(|rule| violating_update(rule).boxed());
    prop_oneof![3 => admitted_updates(), 1 => refused]
}

/// Valid updates.
pub fn admitted_updates() -> impl Strategy<Value = Update> {
    let first = admitted_value(configured().boxed());
    let make = move |runner: &mut TestRunner| {
        let old = first(runner)?;
        let new = edited(runner, &old, &first)?;
        Ok(json!({ "old": old, "new": new }))
    };
    let is_good = |made: &Value| {
        judge::is_admitted(Version::V1, &made["old"])
            && judge::is_update(&made["old"], &made["new"])
    };
    Grown::new("admitted updates", make, is_good).prop_map(|made| Update::of(&made))
}

/// Updates of a valid FeatureStore that break exactly this rule and nothing else.
pub fn violating_update(rule: &'static Rule) -> impl Strategy<Value = Update> {
    let first = admitted_value(configured().boxed());
    let make = move |runner: &mut TestRunner| {
        let mut old = first(runner)?;
        // A missing field cannot change.
        if rule.is_transition() {
            mutate::stir(runner, &mut old, Version::V1, rule);
        }
        let mut made = json!({ "old": old, "new": old });
        for _ in 0..20 {
            made["new"].clone_from(&old);
            mutate::stir(runner, &mut made["new"], Version::V1, rule);
            if is_refused_for(rule, &made) {
                break;
            }
        }
        Ok(made)
    };
    let breaks = move |made: &Value| is_refused_for(rule, made);
    Grown::new(rule.name, make, breaks).prop_map(|made| Update::of(&made))
}

/// Whether an update of a valid object breaks this rule and nothing else.
fn is_refused_for(rule: &Rule, made: &Value) -> bool {
    let (old, new) = (&made["old"], &made["new"]);
    let verdict = judge::update(old, new);
    let broken = verdict.rejection().and_then(judge::rules);
    broken.is_some_and(|broken| broken == [rule.name].into())
        && judge::is_admitted(Version::V1, old)
        && FeatureStore::from_value(new.clone()).is_ok()
}

/// A FeatureStore as it is edited: first as created, then after each of this many valid edits.
///
/// Most edits change a field or two, some everything.
pub fn edits(count: Range<usize>) -> impl Strategy<Value = Vec<FeatureStore>> {
    let first = admitted_value(configured().boxed());
    let make = move |runner: &mut TestRunner| {
        let mut history = vec![first(runner)?];
        for _ in 0..runner.rng().random_range(count.clone()) {
            let last = &history[history.len() - 1];
            let next = edited(runner, last, &first)?;
            if judge::is_update(last, &next) {
                history.push(next);
            }
        }
        Ok(Value::Array(history))
    };
    let is_good = |made: &Value| {
        let Some([first, edits @ ..]) = made.as_array().map(Vec::as_slice) else {
            return false;
        };
        let before = std::iter::once(first).chain(edits);
        judge::is_admitted(Version::V1, first)
            && before
                .zip(edits)
                .all(|(old, new)| judge::is_update(old, new))
    };
    Grown::new("histories", make, is_good).prop_map(|made| match made {
        Value::Array(history) => history.into_iter().map(read).collect(),
        _ => vec![],
    })
}

/// An object with some change.
fn edited(
    runner: &mut TestRunner,
    old: &Value,
    another: impl Fn(&mut TestRunner) -> Result<Value, Reason>,
) -> Result<Value, Reason> {
    let mut new = old.clone();
    match runner.rng().random_range(0..5) {
        0 => new["spec"] = another(runner)?["spec"].take(),
        1 => new["spec"]["replicas"] = json!(runner.rng().random_range(1..4)),
        2 => mutate::prune(runner, &mut new),
        3 => {
            let rule = *pick::<&Rule>(runner, RULES);
            mutate::stir(runner, &mut new, Version::V1, rule);
        }
        _ => graft_admitted(runner, &mut new, Version::V1, 3),
    }
    if chance(runner, 0.1) {
        new["metadata"]["labels"]["team"] = json!("a");
    }
    Ok(new)
}
