//! A cluster in memory, with an operator that can be plugged in.
//!
//! It keeps objects as JSON and knows nothing of what they mean, but for what every API server
//! does. There is no garbage collector: what an operator must delete, it must delete.
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
//! let mut cluster = Cluster::new(reconcile);
//! cluster.store.put(json!({
//!     "apiVersion": "feast.dev/v1",
//!     "kind": "FeatureStore",
//!     "metadata": { "namespace": "ml", "name": "sample" },
//!     "spec": { "feastProject": "credit_scoring" },
//! }));
//! let settled = cluster.settle()?;
//! assert!(settled.changes.written.contains(&Key::new("v1", "ConfigMap", "ml", "sample")));
//! # Ok::<(), feast_testing::cluster::NotSettled>(())
//! ```

mod key;
mod store;
mod write;

use std::collections::{BTreeMap, BTreeSet};

pub use key::{InvalidKey, Key};
pub use store::{Annotations, Changes, Store};

/// Rounds after which an operator is taken to go on for ever.
const MOST_ROUNDS: usize = 10;

/// A cluster with an operator: a function that makes one pass for one FeatureStore, which may be
/// gone.
#[derive(Clone, Debug)]
pub struct Cluster<F> {
    /// The objects.
    pub store: Store,
    reconcile: F,
    known: BTreeSet<Key>,
}

/// What came of reconciling until nothing changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settled<T> {
    /// What the operator returned from its last pass for each FeatureStore.
    pub outcomes: BTreeMap<Key, T>,
    /// What the operator changed.
    pub changes: Changes,
}

/// An operator that goes on changing objects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("still changing after {MOST_ROUNDS} rounds: {changes:?}")]
pub struct NotSettled {
    /// What the last round changed.
    pub changes: Changes,
}

impl<F, T> Cluster<F>
where
    F: FnMut(&mut Store, &Key) -> T,
{
    /// An empty cluster with this operator.
    pub fn new(reconcile: F) -> Self {
        Self {
            store: Store::default(),
            reconcile,
            known: BTreeSet::new(),
        }
    }

    /// Reconciles every FeatureStore, and those deleted since, until nothing changes.
    pub fn settle(&mut self) -> Result<Settled<T>, NotSettled> {
        let present = self.store.of_kind("feast.dev/v1", "FeatureStore");
        let present: BTreeSet<Key> = present.map(|(key, _)| key.clone()).collect();
        let known = std::mem::replace(&mut self.known, present.clone());
        self.reconcile_all(&known.union(&present).cloned().collect())
    }

    /// Reconciles one FeatureStore until nothing changes.
    pub fn settle_one(&mut self, key: &Key) -> Result<Settled<T>, NotSettled> {
        self.reconcile_all(&[key.clone()].into())
    }

    fn reconcile_all(&mut self, keys: &BTreeSet<Key>) -> Result<Settled<T>, NotSettled> {
        self.store.take_changes();
        let mut changes = Changes::default();
        let mut round = Changes::default();
        for _ in 0..MOST_ROUNDS {
            let reconcile = |key: &Key| (key.clone(), (self.reconcile)(&mut self.store, key));
            let outcomes = keys.iter().map(reconcile).collect();
            round = self.store.take_changes();
            if round.is_empty() {
                return Ok(Settled { outcomes, changes });
            }
            changes.extend(round.clone());
        }
        Err(NotSettled { changes: round })
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
    fn a_deleted_one_is_seen_once_more() {
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
}
