use std::fmt;

use feast_api::rules::Rule;
use feast_api::v1::{FeatureStore, FeatureStoreSpec};
use feast_api::{Version, v1alpha1};
use feast_render::OperatorRelease;
use feast_validate::Validator;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Reason, TestRunner};
use serde_json::{Value, json};

use super::feature_store::{configured, configured_replicated};
use super::grown::Grown;
use super::schema::{self, chance};
use super::{judge, mutate};

/// Valid FeatureStores, weighted towards real configurations; every field occurs sometimes.
///
/// Each has a name, a namespace and a uid.
pub fn admitted() -> impl Strategy<Value = FeatureStore> {
    let is_good = |object: &Value| judge::is_admitted(Version::V1, object);
    Grown::new(
        "admitted FeatureStores",
        admitted_value(configured().boxed()),
        is_good,
    )
    .prop_map(read)
}

/// FeatureStores as the API server of a release stores them, with that release's fields only. Those
/// of [`admitted`] have the newest commit's.
///
/// ```
/// use feast_render::OperatorRelease;
/// use feast_testing::strategies as s;
/// use proptest::prelude::*;
///
/// proptest!(|(fs in s::admitted_by(OperatorRelease::FIRST))| {
///     // It came with 0.63.0.
///     prop_assert_eq!(fs.spec.openlineage, None);
/// });
/// ```
pub fn admitted_by(release: OperatorRelease) -> impl Strategy<Value = FeatureStore> {
    let newest = admitted_value(configured().boxed());
    let make = move |runner: &mut TestRunner| {
        let mut object = newest(runner)?;
        if let Some(spec) = judge::spec_stored_by(release, &object) {
            object["spec"] = spec;
        }
        Ok(object)
    };
    let is_good = move |object: &Value| judge::is_stored_by(release, object);
    Grown::new("FeatureStores of a release", make, is_good).prop_map(read)
}

/// Valid FeatureStores with more than one replica.
pub fn replicated() -> impl Strategy<Value = FeatureStore> {
    let is_good = |object: &Value| {
        judge::is_admitted(Version::V1, object) && object["spec"]["replicas"].as_i64() > Some(1)
    };
    let make = admitted_value(configured_replicated().boxed());
    Grown::new("replicated FeatureStores", make, is_good).prop_map(read)
}

/// Valid specs.
pub fn spec() -> impl Strategy<Value = FeatureStoreSpec> {
    admitted().prop_map(|fs| fs.spec)
}

/// Valid FeatureStores of `v1alpha1`.
pub fn admitted_v1alpha1() -> impl Strategy<Value = v1alpha1::FeatureStore> {
    let is_good = |object: &Value| judge::is_admitted(Version::V1Alpha1, object);
    let make = |runner: &mut TestRunner| {
        let mut object = least(Version::V1Alpha1);
        graft_admitted(runner, &mut object, Version::V1Alpha1, 20);
        Ok(object)
    };
    Grown::new("admitted FeatureStores of v1alpha1", make, is_good).prop_map(read_v1alpha1)
}

/// FeatureStores that match the schema of `v1`, including the status; rules may be broken.
pub fn any_v1() -> impl Strategy<Value = FeatureStore> {
    any_value(Version::V1).prop_map(read)
}

/// FeatureStores that match the schema of `v1alpha1`, including the status; rules may be broken.
pub fn any_v1alpha1() -> impl Strategy<Value = v1alpha1::FeatureStore> {
    any_value(Version::V1Alpha1).prop_map(read_v1alpha1)
}

/// FeatureStores that break exactly this rule, in one place or more, and nothing else.
///
/// Only an update can break a transition rule: see [`violating_update`](super::violating_update).
///
/// ```
/// use feast_api::rules;
/// use feast_testing::strategies as s;
/// use proptest::prelude::*;
///
/// proptest!(|(fs in s::violating(&rules::AUTHZ_ONE_OF))| {
///     let rejection = feast_validate::validate(&fs).unwrap_err();
///     prop_assert_eq!(&rejection.violations()[0].path, "spec.authz");
/// });
/// ```
pub fn violating(rule: &'static Rule) -> impl Strategy<Value = FeatureStore> {
    let breaks = move |object: &Value| {
        let violations = Validator::v1().all(object);
        judge::rules(&violations).is_some_and(|broken| broken == [rule.name].into())
            && judge::follows_schema(Version::V1, object)
    };
    Grown::new(rule.name, near_rule(rule, breaks), breaks).prop_map(read)
}

/// A valid object in which the fields that a rule reads are changed until it breaks, up to some
/// attempts.
fn near_rule(
    rule: &'static Rule,
    breaks: impl Fn(&Value) -> bool,
) -> impl Fn(&mut TestRunner) -> Result<Value, Reason> {
    let single = admitted_value(configured().boxed());
    let many = admitted_value(configured_replicated().boxed());
    move |runner| {
        if rule.is_transition() {
            return Err("a rule that compares old and new is broken by an update only".into());
        }
        let start = if chance(runner, 0.5) {
            single(runner)?
        } else {
            many(runner)?
        };
        let mut object = start.clone();
        for _ in 0..20 {
            object.clone_from(&start);
            mutate::stir(runner, &mut object, Version::V1, rule);
            if breaks(&object) {
                break;
            }
        }
        Ok(object)
    }
}

/// Two objects that differ in one field, of which the API server admits one.
#[derive(Clone, PartialEq)]
pub struct Boundary {
    /// The admitted one.
    pub inside: FeatureStore,
    /// The rejected one.
    pub outside: Value,
}

/// Shows the objects as JSON.
impl fmt::Debug for Boundary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inside, outside } = self;
        write!(f, "inside: {:#}\noutside: {outside:#}", json!(inside))
    }
}

/// Pairs on either side of a boundary: of a rule, a bound, a pattern or a type.
pub fn near_boundary() -> impl Strategy<Value = Boundary> {
    let inside = admitted_value(configured().boxed());
    let make = move |runner: &mut TestRunner| {
        let inside = inside(runner)?;
        let places = mutate::places(&inside["spec"], "/spec");
        let place = schema::pick(runner, &places).clone();
        let instead = inside
            .pointer(&place)
            .map(|value| mutate::another(runner, value));
        // Removing a field crosses a boundary, too.
        let instead = instead.filter(|_| chance(runner, 0.8));
        Ok(json!({ "inside": inside, "place": place, "instead": instead }))
    };
    let is_boundary = |made: &Value| {
        outside(made).is_some_and(|outside| {
            judge::is_admitted(Version::V1, &made["inside"]) && !Validator::v1().is_valid(&outside)
        })
    };
    Grown::new("boundaries", make, is_boundary).prop_map(|made| Boundary {
        outside: outside(&made).expect("it was there when it was kept"),
        inside: read(made["inside"].clone()),
    })
}

/// The admitted side of a boundary, with another value in its place.
fn outside(made: &Value) -> Option<Value> {
    let mut object = made["inside"].clone();
    let place = made["place"].as_str()?;
    let value = object.pointer_mut(place)?;
    match made.get("instead")? {
        Value::Null => mutate::remove(&mut object, place),
        instead => *value = instead.clone(),
    }
    Some(object)
}

/// Objects that are valid except for a few errors, such as unknown fields, other types and nulls.
/// Some have none.
pub fn raw_json() -> impl Strategy<Value = Value> {
    let valid = admitted_value(configured().boxed());
    let make = move |runner: &mut TestRunner| {
        let mut object = valid(runner)?;
        for _ in 0..runner.rng().random_range(0..5) {
            mutate::damage(runner, &mut object);
        }
        Ok(object)
    };
    Grown::new("raw JSON", make, |_| true)
}

/// Real configurations, and rare fields.
pub(super) fn admitted_value(
    configured: BoxedStrategy<FeatureStore>,
) -> impl Fn(&mut TestRunner) -> Result<Value, Reason> {
    move |runner| {
        let fs = configured.new_tree(runner)?.current();
        let mut object = json!(fs);
        if chance(runner, 0.25) {
            graft_admitted(runner, &mut object, Version::V1, 40);
        }
        Ok(object)
    }
}

/// Changes up to `most` fields, if the API server admits a change within a few attempts.
pub(super) fn graft_admitted(
    runner: &mut TestRunner,
    object: &mut Value,
    version: Version,
    most: usize,
) {
    for _ in 0..runner.rng().random_range(0..=most) {
        let field = mutate::spec_field(runner, version);
        for attempt in 0..6 {
            let mut other = object.clone();
            // First alone, then with another field that it may need.
            if attempt > 2 {
                let companion = schema::companion(runner, version, field);
                schema::grow(runner, &mut other, version, &companion.path);
            }
            schema::grow(runner, &mut other, version, &field.path);
            if Validator::of(version).is_valid(&other) {
                *object = other;
                break;
            }
        }
    }
}

fn any_value(version: Version) -> Grown {
    let make = move |runner: &mut TestRunner| {
        let mut object = least(version);
        for _ in 0..runner.rng().random_range(0..40) {
            let field = schema::any_field(runner, version);
            if field.path.len() > 1 {
                schema::grow(runner, &mut object, version, &field.path);
            }
        }
        Ok(object)
    };
    let is_good = move |object: &Value| judge::follows_schema(version, object);
    Grown::new("FeatureStores that follow the schema", make, is_good)
}

/// The smallest FeatureStore.
fn least(version: Version) -> Value {
    json!({
        "apiVersion": version.api_version(),
        "kind": feast_api::KIND,
        "metadata": {
            "name": "sample",
            "namespace": "feast",
            "uid": "00000000-0000-0000-0000-000000000001",
        },
        "spec": { "feastProject": "sample" },
    })
}

pub(super) fn read(object: Value) -> FeatureStore {
    FeatureStore::from_value(object).expect("it was readable when it was kept")
}

fn read_v1alpha1(object: Value) -> v1alpha1::FeatureStore {
    v1alpha1::FeatureStore::from_value(object).expect("it was readable when it was kept")
}
