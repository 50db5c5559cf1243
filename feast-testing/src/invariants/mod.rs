//! Invariants of operators, as functions.
//!
//! Some check a converged cluster, [settled](crate::cluster::Settled) or the objects of a `Server`:
//! [`all`] runs these. Others repeat a cluster's history and compare the final states: [`rests`],
//! [`forgets`], [`there_and_back`], [`resumes`] and [`recovers`]. They need an operator that is a
//! cloneable function, and do not change the cluster. [`alike`] compares the final states of any
//! two histories. [`settle`](crate::cluster::Cluster::settle) reports an operator that never
//! converges. [`distinct`] checks a plan of feast-render.
//!
//! Operators often have such bugs: see *Acto: Automatic End-to-End Testing for Operation
//! Correctness of Cloud System Management* (SOSP 2023) and *Automatic Reliability Testing for
//! Cluster Management Controllers* (OSDI 2022).

mod history;
mod objects;
mod plan;
mod secrets;
mod status;

use std::fmt;

pub use history::{alike, forgets, recovers, rests, resumes, there_and_back};
pub use objects::{
    labelled, mounts_have_volumes, owned, references_resolve, services_reach_containers, stays_away,
};
pub use plan::distinct;
pub use secrets::secrets_stay;
pub use status::steady_status;

use crate::cluster::{Key, NotSettled, Store};

/// Checks every invariant of a converged cluster that depends on no particular operator: [`owned`],
/// [`services_reach_containers`], [`mounts_have_volumes`], [`references_resolve`], [`stays_away`],
/// [`secrets_stay`], [`steady_status`].
///
/// # Errors
///
/// The first broken invariant.
pub fn all(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    owned(cluster)?;
    services_reach_containers(cluster)?;
    mounts_have_volumes(cluster)?;
    references_resolve(cluster)?;
    stays_away(cluster)?;
    secrets_stay(cluster)?;
    steady_status(cluster)
}

/// A broken invariant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// The garbage collector would never delete it, or delete it at once.
    #[error("{object}: {fault}")]
    Owner {
        /// The object.
        object: Key,
        /// The problem with its owners.
        fault: OwnerFault,
    },
    /// A plan has it twice.
    #[error("{object} is in the plan more than once")]
    Twice {
        /// The object.
        object: Key,
    },
    /// It lacks a required label.
    #[error("{object} lacks the label {label}")]
    Label {
        /// The object.
        object: Key,
        /// The label, as `KEY=VALUE`.
        label: String,
    },
    /// A Service has no target.
    #[error("{service}: no container of its pods has the port {port}")]
    Service {
        /// The Service.
        service: Key,
        /// Name or number of the target port.
        port: String,
    },
    /// A container mounts a volume that its pod lacks.
    #[error("{workload}: a container mounts the volume {volume}, which the pod lacks")]
    Mount {
        /// The object with the pod template.
        workload: Key,
        /// The volume.
        volume: String,
    },
    /// An object refers to a missing object.
    #[error("{object} needs {wanted}, which does not exist")]
    Dangling {
        /// The object.
        object: Key,
        /// The reference.
        wanted: Key,
    },
    /// The operator changed fields of others.
    #[error("{object}: the operator changed {} of others", fields.join(", "))]
    Trespass {
        /// The object.
        object: Key,
        /// The fields, as JSON pointers; the whole object (`""`) if it was deleted.
        fields: Vec<String>,
    },
    /// Secret data is outside Secrets, where more people can read it.
    #[error("{object}: {field} contains secret data")]
    Secret {
        /// The object.
        object: Key,
        /// The field, as a JSON pointer.
        field: String,
    },
    /// The status returned to an earlier value.
    #[error("the status of {object} returned to an earlier value: {field} changed back and forth")]
    Status {
        /// The object.
        object: Key,
        /// A field that changed, as a JSON pointer.
        field: String,
    },
    /// Histories that should end the same do not.
    #[error("{after}, {object} {difference}")]
    History {
        /// The history.
        after: After,
        /// The object that differs.
        object: Key,
        /// The difference.
        difference: Difference,
    },
    /// A history never ended.
    #[error("{after}: {source}")]
    Restless {
        /// The history.
        after: After,
        /// The ongoing changes.
        source: NotSettled,
    },
}

/// A problem with the owners of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnerFault {
    /// It has no owner, although it is in the namespace of a FeatureStore.
    #[error("it has no owner")]
    None,
    /// Its owner does not exist, or is in another namespace.
    #[error("its owner does not exist, or is in another namespace")]
    Gone,
    /// It has several controlling owners.
    #[error("more than one owner controls it")]
    ManyControllers,
}

/// A history that was compared with a plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum After {
    /// One more pass after convergence.
    OneMorePass,
    /// The whole history, compared with none.
    ThisHistory,
    /// A change, and the change back.
    ThereAndBack,
    /// The operator died after this many writes.
    Crash {
        /// The number of writes.
        writes: usize,
    },
    /// A disturbance, and its repair.
    Recovery,
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneMorePass => f.write_str("after one more pass"),
            Self::ThisHistory => f.write_str("after this history"),
            Self::ThereAndBack => f.write_str("after a change and the change back"),
            Self::Crash { writes } => write!(f, "after a crash following write {writes}"),
            Self::Recovery => f.write_str("after a fault and its repair"),
        }
    }
}

/// The difference of an object.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Difference {
    /// It was left behind.
    #[error("is left behind")]
    Leaked,
    /// It is missing.
    #[error("is missing")]
    Missing,
    /// A field differs.
    #[error("differs in {0}")]
    Field(String),
}

/// The JSON pointer of the first field in which two values differ.
fn first_difference(one: &serde_json::Value, other: &serde_json::Value) -> Option<String> {
    use serde_json::Value::{Array, Object};
    match (one, other) {
        _ if one == other => None,
        (Object(fields), Object(others)) => {
            let mut names = fields.keys().chain(others.keys());
            let null = &serde_json::Value::Null;
            names.find_map(|name| {
                let part = fields.get(name).unwrap_or(null);
                let below = first_difference(part, others.get(name).unwrap_or(null))?;
                let name = name.replace('~', "~0").replace('/', "~1");
                Some(format!("/{name}{below}"))
            })
        }
        (Array(items), Array(others)) if items.len() == others.len() => {
            let mut pairs = items.iter().zip(others).enumerate();
            pairs.find_map(|(place, (item, other))| {
                Some(format!("/{place}{}", first_difference(item, other)?))
            })
        }
        _ => Some(String::new()),
    }
}

#[cfg(test)]
mod testing {
    //! Operators with a bug.

    use serde_json::{Value, json};

    use crate::cluster::{Cluster, Key, Settled, Store};

    /// A FeatureStore.
    pub(super) fn feature_store() -> Value {
        json!({
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
            "metadata": { "namespace": "ml", "name": "sample", "uid": "1" },
            "spec": { "feastProject": "a" },
        })
    }

    /// An object of the FeatureStore of the same name.
    pub(super) fn owned(api_version: &str, kind: &str, rest: &Value) -> Value {
        let mut object = json!({
            "apiVersion": api_version, "kind": kind,
            "metadata": {
                "namespace": "ml", "name": "sample",
                "ownerReferences": [{ "uid": "1", "controller": true }],
            },
        });
        object
            .as_object_mut()
            .unwrap()
            .extend(rest.as_object().unwrap().clone());
        object
    }

    /// A cluster with one FeatureStore.
    pub(super) fn cluster<F: FnMut(&mut Store, &Key)>(reconcile: F) -> Cluster<F> {
        let mut cluster = Cluster::new(reconcile);
        cluster.put(&feature_store()).unwrap();
        cluster
    }

    /// A converged cluster with these objects of the operator.
    pub(super) fn made(objects: &[Value]) -> Settled<()> {
        let reconcile = |store: &mut Store, _: &Key| {
            for object in objects {
                store.create(object.clone());
            }
        };
        cluster(reconcile).settle().unwrap()
    }
}
