//! Whole lifecycles: random edits, scaling, faults and crashes, with the operator at work in
//! between.

use feast_render::{Corrections, DocumentStorage};
use feast_testing::cluster::{Cluster, Key, Settled, Store};
use feast_testing::invariants::{self, Broken};
use feast_testing::operator::{Failure, Pass, Writing};
use feast_testing::strategies::{self as s, Event, Scenario};
use proptest::prelude::*;
use serde_json::Value;

use crate::config;

/// With the reference's faults corrected, and written as feast-render advises.
fn corrected(mut scenario: Scenario) -> Scenario {
    scenario.operator.settings.corrections = Corrections::ALL;
    scenario.operator.settings.storage = DocumentStorage::InSecret;
    scenario.operator.writing = Writing::Applying;
    scenario
}

/// Its cluster, with an API server and the controllers of Kubernetes.
fn cluster(scenario: &Scenario) -> Cluster<impl FnMut(&mut Store, &Key) -> Pass + Clone + use<>> {
    let mut cluster = scenario
        .cluster()
        .with_admission()
        .with_garbage_collection()
        .with_available_deployments()
        .with_shared(is_shared);
    let fs = &scenario.feature_store;
    cluster.put(fs).expect("an admitted FeatureStore");
    cluster
}

/// Roles for all, and what tells where FeatureStores are found.
fn is_shared(key: &Key) -> bool {
    key.kind == "ClusterRole"
        || ["operators", "feast-operator-system"].contains(&&key.namespace[..])
}

/// What holds at rest. A FeatureStore that is refused keeps what it has: what users broke stays
/// broken until it is accepted.
fn all_is_well(settled: &Settled<Pass>) -> Result<(), Broken> {
    if settled.outcomes.values().all(Result::is_ok) {
        return invariants::all(settled);
    }
    invariants::owned(settled)?;
    invariants::stays_away(settled)?;
    invariants::secrets_stay(settled)?;
    invariants::steady_status(settled)
}

/// A refusal is an answer; what is unreadable is not.
fn is_answer(pass: &Pass) -> bool {
    !matches!(
        pass,
        Err(Failure::Unreadable(_) | Failure::UnreadableFeatureStore(_))
    )
}

proptest! {
    // Each case is a history of many renderings.
    #![proptest_config(ProptestConfig { cases: 32, ..config() })]

    #[test]
    fn whatever_happens_all_is_well(scenario in s::scenarios(), events in s::events(1..8)) {
        let scenario = corrected(scenario);
        let mut cluster = cluster(&scenario);
        for event in events {
            event.happen(&scenario, &mut cluster);
            if matches!(event, Event::Crashed(_)) {
                continue;
            }
            let settled = cluster.settle()?;
            prop_assert!(settled.outcomes.values().all(is_answer), "{:?}", settled.outcomes);
            all_is_well(&settled)?;
        }
        Event::Restored.happen(&scenario, &mut cluster);
        let settled = cluster.settle()?;
        all_is_well(&settled)?;
        if settled.outcomes.values().all(Result::is_ok) {
            invariants::forgets(&cluster)?;
        }
    }

    #[test]
    fn a_crash_anywhere_does_no_harm(scenario in s::scenarios()) {
        invariants::resumes(&cluster(&corrected(scenario)))?;
    }

    #[test]
    fn edits_and_back(scenario in s::scenarios(), history in s::edits(1..4)) {
        let scenario = corrected(scenario);
        let cluster = cluster(&scenario);
        // One that is refused keeps what another spec called for.
        prop_assume!(cluster.clone().settle()?.outcomes.values().all(Result::is_ok));
        for other in history {
            let mut there = scenario.feature_store.clone();
            there.spec = other.spec;
            invariants::there_and_back(&cluster, &scenario.feature_store, &there)?;
        }
    }

    #[test]
    fn what_was_missing_and_is_there_again_leaves_no_trace(
        scenario in s::scenarios(),
        which in any::<prop::sample::Index>(),
    ) {
        let scenario = corrected(scenario);
        let cluster = cluster(&scenario);
        let lost = Key::of(which.get(&scenario.objects));
        let lost = cluster.store.get(&lost).cloned().unwrap_or_default();
        let fault = |store: &mut Store| store.delete(&Key::of(&lost));
        let repair = |store: &mut Store| store.put(lost.clone());
        invariants::recovers(&cluster, fault, repair)?;
    }

    #[test]
    fn nothing_is_left_of_what_is_deleted(scenario in s::scenarios()) {
        let scenario = corrected(scenario);
        let mut cluster = cluster(&scenario);
        cluster.settle()?;
        cluster.store.delete(&scenario.key());
        all_is_well(&cluster.settle()?)?;
        // What is shared stays, and what belongs to the other FeatureStore.
        let name = scenario.key().name;
        let is_its = |object: &Value| object["metadata"]["labels"]["feast.dev/name"] == name;
        let made = cluster.store.made().filter(|(key, _)| !is_shared(key));
        let left: Vec<&Key> = made.filter(|(_, it)| is_its(it)).map(|(key, _)| key).collect();
        prop_assert!(left.is_empty(), "{left:?}");
    }
}
