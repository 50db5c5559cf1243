//! Tests operators and webhooks for FeatureStores without a cluster.
//!
//! # Overview
//!
//! - [`strategies`]: proptest generators of FeatureStores that are valid, that break a given rule,
//!   or that are near a boundary; of updates and histories; and of the objects they refer to.
//! - [`cluster`]: an in-memory cluster that runs your operator as a function.
//! - [`invariants`]: properties of every correct operator.
//! - `server` (feature `client`): the cluster as an API server, for operators that have a
//!   [`kube::Client`](https://docs.rs/kube).
//!
//! Add the crate and proptest to your dev-dependencies.
//!
//! # Testing an operator
//!
//! An operator is a function of the cluster's objects and the key of one FeatureStore. This one
//! runs a Deployment and sets the status; its complete test follows:
//!
//! ```
//! use feast_testing::cluster::{Cluster, Key, Store};
//! use feast_testing::{invariants, strategies as s};
//! use proptest::prelude::*;
//! use serde_json::json;
//!
//! fn reconcile(store: &mut Store, key: &Key) {
//!     let Some(fs) = store.get(key) else { return };
//!     let owner = json!({
//!         "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "controller": true,
//!         "name": key.name, "uid": fs["metadata"]["uid"],
//!     });
//!     let deployment = json!({
//!         "apiVersion": "apps/v1", "kind": "Deployment",
//!         "metadata": { "namespace": key.namespace, "name": key.name, "ownerReferences": [owner] },
//!         "spec": { "replicas": fs["spec"]["replicas"] },
//!     });
//!     store.apply(deployment);
//!     store.set_status(key, json!({ "phase": "Ready" }));
//! }
//!
//! let config = ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() };
//! proptest!(config, |(history in s::edits(1..4))| {
//!     let mut cluster = Cluster::new(reconcile).with_admission().with_garbage_collection();
//!     for fs in history {
//!         cluster.put(&fs)?;
//!         invariants::all(&cluster.settle()?)?;   // owned, reachable, no secret outside Secrets, ...
//!     }
//!     invariants::forgets(&cluster)?;             // no trace of earlier edits
//!     invariants::resumes(&cluster.fresh())?;     // a crash between any two writes does no harm
//! });
//! ```
//!
//! # Testing an operator that has a client
//!
//! With the feature `client`, a `server` gives your operator an ordinary
//! [`kube::Client`](https://docs.rs/kube): watches lag and break, writes are rejected or their
//! answers lost, the operator dies, and with tokio's clock paused no wait takes time. In the end
//! the [`invariants`] hold, and the objects are those that a freshly started operator creates:
//!
//! ```text
//! let server = Server::new().with_crd(crd).with_garbage_collection();
//! tokio::spawn(my_operator::run(server.client()));
//! server.put(&my_object)?;                                          // a user
//! server.fault(Requests::writes().times(2), Fault::Lost);           // faults
//! server.watches().cut();
//! let settled = server.settle(Duration::from_secs(300)).await?;     // takes no time
//! invariants::owned(&settled)?;
//!
//! let fresh = server.fresh();                                       // the user's objects only
//! tokio::spawn(my_operator::run(fresh.client()));
//! let made = fresh.settle(Duration::from_secs(300)).await?;
//! invariants::alike(After::ThisHistory, &made, &settled, |_| false)?;
//! ```
//!
//! The example [`operator`] shows it in full: an operator of its own CRD, unrelated to Feast, with
//! generated histories.
//!
//! [`operator`]: https://github.com/feast-kube/feast-kube/blob/main/feast-testing/examples/operator.rs
//!
//! # Testing a webhook
//!
//! A webhook that must reject what the API server rejects gets objects that break one rule at a
//! time:
//!
//! ```
//! use feast_api::rules::RULES;
//! use feast_api::v1::FeatureStore;
//! use feast_testing::strategies as s;
//! use proptest::prelude::*;
//!
//! fn is_refused(old: &FeatureStore, new: &FeatureStore) -> bool {
//!     feast_validate::validate_update(old, new).is_err()
//! }
//!
//! let config = ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() };
//! let refused = proptest::sample::select(RULES).prop_flat_map(s::violating_update);
//! proptest!(config, |(update in refused)| {
//!     prop_assert!(is_refused(&update.old, &update.new));
//! });
//! ```
//!
//! [`strategies::near_boundary`] and [`strategies::raw_json`] generate objects that no typed client
//! would send.

pub mod cluster;
pub mod invariants;
#[cfg(feature = "client")]
pub mod server;
pub mod strategies;

#[doc(no_inline)]
pub use {proptest, serde_json};
