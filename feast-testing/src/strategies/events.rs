use std::ops::Range;

use feast_api::v1::FeatureStoreSpec;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::{Scenario, spec};
use crate::cluster::{Cluster, Key, Store};

/// Something that happens in the cluster of a [`Scenario`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// The FeatureStore gets another spec, if the API server lets it.
    Edited(Box<FeatureStoreSpec>),
    /// `kubectl scale`, if the API server lets it.
    Scaled(i32),
    /// An object around the FeatureStore is deleted: one of its Secrets, say.
    Lost(Index),
    /// All that was around the FeatureStore at first is there again.
    Restored,
    /// Somebody deletes an object that the operator made.
    Meddled(Index),
    /// The pods of all Deployments become ready.
    Ready,
    /// The operator makes a pass, in which it dies after so many writes.
    Crashed(usize),
}

impl Event {
    /// Lets it happen. The operator does nothing about it yet.
    pub fn happen<F, T>(&self, scenario: &Scenario, cluster: &mut Cluster<F>)
    where
        F: FnMut(&mut Store, &Key) -> T,
    {
        let key = scenario.key();
        match self {
            Self::Edited(spec) => edit(cluster, &key, |fs| fs["spec"] = json!(spec)),
            Self::Scaled(replicas) => {
                edit(cluster, &key, |fs| fs["spec"]["replicas"] = json!(replicas));
            }
            Self::Lost(which) => {
                if let Some(object) = chosen(&scenario.objects, *which) {
                    cluster.store.delete(&Key::of(object));
                }
            }
            Self::Restored => scenario.surround(&mut cluster.store),
            Self::Meddled(which) => {
                let made: Vec<Key> = cluster.store.made().map(|(key, _)| key.clone()).collect();
                if let Some(key) = chosen(&made, *which) {
                    cluster.store.delete(key);
                }
            }
            Self::Ready => {
                let deployments = cluster.store.of_kind("apps/v1", "Deployment");
                let deployments: Vec<Key> = deployments.map(|(key, _)| key.clone()).collect();
                for deployment in deployments {
                    cluster.store.make_available(&deployment);
                }
            }
            Self::Crashed(writes) => {
                cluster.crash_after(*writes);
            }
        }
    }
}

fn edit<F>(cluster: &mut Cluster<F>, key: &Key, change: impl FnOnce(&mut Value)) {
    if let Some(fs) = cluster.store.get(key) {
        let mut fs = fs.clone();
        change(&mut fs);
        // A refusal changes nothing, and that is what happens then.
        let _ = cluster.put(&fs);
    }
}

fn chosen<T>(from: &[T], which: Index) -> Option<&T> {
    if from.is_empty() {
        None
    } else {
        Some(which.get(from))
    }
}

/// Sequences of so many events.
pub fn events(count: Range<usize>) -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        3 => spec().prop_map(|spec| Event::Edited(Box::new(spec))),
        2 => (1..5).prop_map(Event::Scaled),
        1 => any::<Index>().prop_map(Event::Lost),
        1 => Just(Event::Restored),
        1 => any::<Index>().prop_map(Event::Meddled),
        1 => Just(Event::Ready),
        2 => (0..12_usize).prop_map(Event::Crashed),
    ];
    vec(event, count)
}
