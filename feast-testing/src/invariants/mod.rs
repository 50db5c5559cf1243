//! What should hold of every operator, as functions.
//!
//! Some look at a cluster at rest, be it [settled](crate::cluster::Settled) or the objects of a
//! `Server`: [`all`] is these together. Others make a cluster's history over again and compare how
//! it ends: [`rests`], [`forgets`], [`there_and_back`], [`resumes`] and [`recovers`]; they need an
//! operator that is a function and can be cloned, and leave the cluster as it was. [`alike`] compares
//! how any two histories end, whoever made them. That it comes to rest at all,
//! [`settle`](crate::cluster::Cluster::settle) tells. [`distinct`] looks at a plan of feast-render.
//!
//! Such faults are what operators are known for: see *Acto: Automatic End-to-End Testing for
//! Operation Correctness of Cloud System Management* (SOSP 2023) and *Automatic Reliability Testing
//! for Cluster Management Controllers* (OSDI 2022).

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

/// Every invariant of a cluster at rest that needs to know nothing of the operator: [`owned`],
/// [`services_reach_containers`], [`mounts_have_volumes`], [`references_resolve`],
/// [`stays_away`], [`secrets_stay`], [`steady_status`].
///
/// # Errors
///
/// The first that does not hold.
pub fn all(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    owned(cluster)?;
    services_reach_containers(cluster)?;
    mounts_have_volumes(cluster)?;
    references_resolve(cluster)?;
    stays_away(cluster)?;
    secrets_stay(cluster)?;
    steady_status(cluster)
}

/// An invariant that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Broken {
    /// The garbage collector would leave it behind, or delete it at once.
    #[error("{object}: {fault}")]
    Owner {
        /// The object.
        object: Key,
        /// What is wrong with its owners.
        fault: OwnerFault,
    },
    /// A plan says more than one thing of it.
    #[error("{object} is in the plan more than once")]
    Twice {
        /// The object.
        object: Key,
    },
    /// It lacks a label that all have.
    #[error("{object} lacks the label {label}")]
    Label {
        /// The object.
        object: Key,
        /// The label, as `KEY=VALUE`.
        label: String,
    },
    /// A Service leads nowhere.
    #[error("{service}: no container behind it has its port {port}")]
    Service {
        /// The Service.
        service: Key,
        /// Name or number of the target port.
        port: String,
    },
    /// A container mounts what its pod does not have.
    #[error("{workload}: a container mounts the volume {volume}, which the pod lacks")]
    Mount {
        /// The object with the pod template.
        workload: Key,
        /// The volume.
        volume: String,
    },
    /// An object needs another that is not there.
    #[error("{object} needs {wanted}, which is not there")]
    Dangling {
        /// The object.
        object: Key,
        /// What it names.
        wanted: Key,
    },
    /// The operator changed what others gave.
    #[error("{object}: the operator changed {} of others", fields.join(", "))]
    Trespass {
        /// The object.
        object: Key,
        /// The fields, as JSON pointers; the whole object (`""`) if it was deleted.
        fields: Vec<String>,
    },
    /// A secret is where more people can read it than a Secret.
    #[error("{object}: {field} holds a secret")]
    Secret {
        /// The object.
        object: Key,
        /// The field, as a JSON pointer.
        field: String,
    },
    /// The status went back to what it was before.
    #[error("the status of {object} returned to what it was before: {field} changed to and fro")]
    Status {
        /// The object.
        object: Key,
        /// A field that did, as a JSON pointer.
        field: String,
    },
    /// Histories that should end alike do not.
    #[error("{after}, {object} {difference}")]
    History {
        /// What the history was.
        after: After,
        /// The object that differs.
        object: Key,
        /// How.
        difference: Difference,
    },
    /// A history had no end.
    #[error("{after}: {source}")]
    Restless {
        /// What the history was.
        after: After,
        /// What goes on.
        source: NotSettled,
    },
}

/// What is wrong with the owners of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnerFault {
    /// Nobody owns it, though it is in the namespace of a FeatureStore.
    #[error("nobody owns it")]
    None,
    /// Its owner is not there, or in another namespace.
    #[error("its owner is not there, or in another namespace")]
    Gone,
    /// More than one owner controls it.
    #[error("more than one owner controls it")]
    ManyControllers,
}

/// A history that was compared with a plain one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum After {
    /// One more pass over what was at rest.
    OneMorePass,
    /// Everything that happened before, against none of it.
    ThisHistory,
    /// A change, and the change back.
    ThereAndBack,
    /// The operator died after so many writes.
    Crash {
        /// How many writes it made.
        writes: usize,
    },
    /// A fault, and its repair.
    Recovery,
}

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneMorePass => f.write_str("after one more pass"),
            Self::ThisHistory => f.write_str("after this history"),
            Self::ThereAndBack => f.write_str("after a change and the change back"),
            Self::Crash { writes } => write!(f, "after a crash behind write {writes}"),
            Self::Recovery => f.write_str("after a fault and its repair"),
        }
    }
}

/// How an object is other than it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Difference {
    /// It was left behind.
    #[error("is left behind")]
    Leaked,
    /// It is not there.
    #[error("is missing")]
    Missing,
    /// A field is another.
    #[error("has another {0}")]
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
    //! Operators with a fault.

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

    /// A cluster at rest whose operator made these objects.
    pub(super) fn made(objects: &[Value]) -> Settled<()> {
        let reconcile = |store: &mut Store, _: &Key| {
            for object in objects {
                store.create(object.clone());
            }
        };
        cluster(reconcile).settle().unwrap()
    }
}
