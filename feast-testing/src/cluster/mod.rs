//! An in-memory cluster that runs an operator.
//!
//! It stores objects as JSON, with the semantics of every API server: field managers, apply, update
//! and patch, finalizers. Controllers and admission are simulated on request. By default only the
//! operator acts, and it has to delete everything that must go.
//!
//! ```
//! use feast_testing::cluster::{Cluster, Key, Store};
//! use serde_json::json;
//!
//! // Makes a ConfigMap for each FeatureStore.
//! fn reconcile(store: &mut Store, key: &Key) {
//!     let metadata = json!({ "namespace": key.namespace, "name": key.name });
//!     let config = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata });
//!     match store.get(key) {
//!         Some(_) => store.apply(config),
//!         None => store.delete(&Key::of(&config)),
//!     }
//! }
//!
//! let mut cluster = Cluster::new(reconcile).with_admission();
//! cluster.put(&json!({
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "namespace": "ml", "name": "sample" },
//!     "spec": { "feastProject": "credit_scoring" },
//! }))?;
//! let settled = cluster.settle()?;
//! assert!(settled.changes.written.contains(&Key::new("v1", "ConfigMap", "ml", "sample")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod admission;
mod controllers;
mod fields;
mod key;
mod look_up;
#[cfg(feature = "client")]
mod managed_fields;
mod owners;
mod store;
mod write;

use std::collections::{BTreeMap, BTreeSet};

use feast_validate::Rejection;
use serde::Serialize;

pub(crate) use controllers::Controllers;
pub use key::{InvalidKey, Key};
pub use store::{Changes, Conflict, Conflicts, Store, Trespass};
pub use write::Annotations;

/// Rounds after which an operator counts as never converging.
const MOST_ROUNDS: usize = 10;

/// A cluster with an operator: a function that reconciles one FeatureStore, which may be deleted.
#[derive(Clone, Debug)]
pub struct Cluster<F> {
    /// The objects.
    pub store: Store,
    reconcile: F,
    known: BTreeSet<Key>,
    controllers: Controllers,
    is_admitting: bool,
    is_shared: fn(&Key) -> bool,
}

/// The result of reconciling until nothing changed.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Settled<T> {
    /// The operator's return value of the last pass for each FeatureStore.
    pub outcomes: BTreeMap<Key, T>,
    /// What the operator changed.
    pub changes: Changes,
    /// The current objects.
    pub store: Store,
}

impl<T> AsRef<Store> for Settled<T> {
    fn as_ref(&self) -> &Store {
        &self.store
    }
}

/// The operator never stops changing objects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("still changing after {MOST_ROUNDS} rounds: {changes:?}")]
pub struct NotSettled {
    /// The changes of the last round.
    pub changes: Changes,
}

/// The simulated components.
impl<F> Cluster<F> {
    /// Creates an empty cluster with an operator.
    pub fn new(reconcile: F) -> Self {
        Self {
            store: Store::default(),
            reconcile,
            known: BTreeSet::new(),
            controllers: Controllers::default(),
            is_admitting: false,
            is_shared: |_| false,
        }
    }

    /// Adds objects.
    #[must_use]
    pub fn with_store(self, store: Store) -> Self {
        Self { store, ..self }
    }

    /// Adds an API server that validates FeatureStores and sets defaults: see [`put`](Self::put).
    #[must_use]
    pub fn with_admission(self) -> Self {
        Self {
            is_admitting: true,
            ..self
        }
    }

    /// Adds a garbage collector that deletes objects without living owners.
    #[must_use]
    pub fn with_garbage_collection(mut self) -> Self {
        self.controllers.garbage_collection = true;
        self
    }

    /// Adds nodes: the pods of every Deployment become ready at once.
    #[must_use]
    pub fn with_available_deployments(mut self) -> Self {
        self.controllers.availability = true;
        self
    }

    /// Adds a load that needs this many replicas, for every HorizontalPodAutoscaler.
    #[must_use]
    pub fn with_load(mut self, replicas: i32) -> Self {
        self.controllers.load = Some(replicas);
        self
    }

    /// Declares objects that all FeatureStores share. The operator may keep them when none needs
    /// them any more: [invariants](crate::invariants) of histories ignore them.
    #[must_use]
    pub fn with_shared(self, is_shared: fn(&Key) -> bool) -> Self {
        Self { is_shared, ..self }
    }

    /// Whether an object is [shared](Self::with_shared).
    pub fn is_shared(&self, key: &Key) -> bool {
        (self.is_shared)(key)
    }

    /// Creates or replaces an object as a user.
    ///
    /// # Errors
    ///
    /// [With admission](Self::with_admission): the API server rejects the FeatureStore, which is
    /// then not stored.
    ///
    /// # Panics
    ///
    /// The object cannot be converted to JSON, such as a map with keys that are not strings.
    pub fn put(&mut self, object: &impl Serialize) -> Result<(), Rejection> {
        let mut object = serde_json::to_value(object).expect("Kubernetes objects are JSON");
        let key = Key::of(&object);
        if self.is_admitting && key.kind == feast_api::KIND {
            object = admission::admit(self.store.get(&key), &object)?;
        }
        self.store.put(object);
        Ok(())
    }

    /// A cluster with the user's objects of this one and a new operator.
    #[must_use]
    pub fn fresh(&self) -> Self
    where
        F: Clone,
    {
        Self {
            store: self.store.without_operator(),
            known: BTreeSet::new(),
            reconcile: self.reconcile.clone(),
            ..*self
        }
    }
}

/// The simulated components.
impl<F, T> Cluster<F>
where
    F: FnMut(&mut Store, &Key) -> T,
{
    /// Reconciles every FeatureStore, and deleted ones, until nothing changes.
    ///
    /// # Errors
    ///
    /// The operator never converges.
    pub fn settle(&mut self) -> Result<Settled<T>, NotSettled> {
        let keys = self.concerned();
        self.reconcile_all(&keys)
    }

    /// Reconciles one FeatureStore until nothing changes.
    ///
    /// # Errors
    ///
    /// The operator never converges.
    pub fn settle_one(&mut self, key: &Key) -> Result<Settled<T>, NotSettled> {
        self.reconcile_all(&[key.clone()].into())
    }

    /// Reconciles every FeatureStore once, but the operator dies after this many writes that change
    /// something. Returns whether it died.
    ///
    /// Its later writes and its result are lost.
    pub fn crash_after(&mut self, writes: usize) -> bool {
        let keys = self.concerned();
        let reconcile = &mut self.reconcile;
        let ((), has_crashed) = self.store.pass(writes, |store| {
            for key in &keys {
                reconcile(store, key);
            }
        });
        // After a restart it visits all of them.
        self.known.extend(keys);
        has_crashed
    }

    /// FeatureStores that exist, or existed at the last call.
    fn concerned(&mut self) -> BTreeSet<Key> {
        let present = self.store.of_kind("feast.dev/v1", "FeatureStore");
        let present: BTreeSet<Key> = present.map(|(key, _)| key.clone()).collect();
        let known = std::mem::replace(&mut self.known, present.clone());
        known.union(&present).cloned().collect()
    }

    fn reconcile_all(&mut self, keys: &BTreeSet<Key>) -> Result<Settled<T>, NotSettled> {
        self.store.start_over();
        let mut changes = Changes::default();
        let mut round = Changes::default();
        for _ in 0..MOST_ROUNDS {
            let outcomes = keys
                .iter()
                .map(|key| (key.clone(), self.pass(key)))
                .collect();
            round = self.store.take_changes();
            changes.extend(round.clone());
            self.controllers.play(&mut self.store);
            let is_at_rest = round.is_empty() && self.store.take_changes().is_empty();
            if is_at_rest {
                let store = self.store.clone();
                return Ok(Settled {
                    outcomes,
                    changes,
                    store,
                });
            }
        }
        Err(NotSettled { changes: round })
    }

    fn pass(&mut self, key: &Key) -> T {
        let reconcile = &mut self.reconcile;
        let (outcome, _) = self.store.pass(usize::MAX, |store| reconcile(store, key));
        outcome
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn feature_store(finalizers: &[&str]) -> Value {
        json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "namespace": "ml", "name": "sample", "finalizers": finalizers },
        })
    }

    #[test]
    fn a_deleted_feature_store_is_reconciled_once_more() {
        let mut cluster = Cluster::new(|store: &mut Store, key: &Key| store.get(key).is_some());
        let key = Key::of(&feature_store(&[]));
        for (finalizers, left) in [(vec![], false), (vec!["example.com/keep"], true)] {
            cluster.store.put(feature_store(&finalizers));
            assert_eq!(
                cluster.settle().unwrap().outcomes,
                [(key.clone(), true)].into()
            );
            cluster.store.delete(&key);
            assert_eq!(
                cluster.settle().unwrap().outcomes,
                [(key.clone(), left)].into()
            );
        }
    }

    #[test]
    fn an_operator_that_never_rests_is_found() {
        let mut count = 0;
        let mut cluster = Cluster::new(|store: &mut Store, key: &Key| {
            count += 1;
            store.scale(key, count);
        });
        cluster.store.put(feature_store(&[]));
        let changes = cluster.settle().unwrap_err().changes;
        assert_eq!(changes.written, [Key::of(&feature_store(&[]))].into());
    }

    #[test]
    fn a_fresh_cluster_has_what_users_made() {
        let reconcile = |store: &mut Store, key: &Key| {
            store.apply(json!({
                "apiVersion": "v1", "kind": "ConfigMap",
                "metadata": { "namespace": key.namespace, "name": key.name },
            }));
            store.set_status(key, json!({ "phase": "Ready" }));
        };
        let mut cluster = Cluster::new(reconcile);
        cluster.put(&feature_store(&[])).unwrap();
        cluster.settle().unwrap();
        assert_eq!(cluster.store.objects().len(), 2);
        let fresh = cluster.fresh();
        let objects: Vec<_> = fresh.store.objects().values().collect();
        assert_eq!(objects.len(), 1);
        assert_eq!(objects[0].get("status"), None);
    }

    #[test]
    fn admission_defaults_and_refuses() {
        let mut cluster = Cluster::new(|_: &mut Store, _: &Key| ()).with_admission();
        let mut fs = feature_store(&[]);
        fs["spec"] = json!({ "feastProject": "a" });
        let key = Key::of(&fs);
        cluster.put(&fs).unwrap();
        let uid = cluster.store.get(&key).unwrap()["metadata"]["uid"].clone();
        assert_eq!(cluster.store.get(&key).unwrap()["spec"]["replicas"], 1);
        fs["spec"]["replicas"] = json!(3);
        let rejection = cluster.put(&fs).unwrap_err();
        assert!(
            rejection.to_string().contains("Scaling requires"),
            "{rejection}"
        );
        fs["spec"] = json!({ "feastProject": "b" });
        cluster.put(&fs).unwrap();
        let stored = cluster.store.get(&key).unwrap();
        assert_eq!(stored["spec"]["feastProject"], "b");
        assert_eq!(stored["metadata"]["uid"], uid);
        assert!(uid.is_string());
    }
}
