//! How a FeatureStore is, as data.

use feast_api::v1::Condition;
use serde::Serialize;

/// How a FeatureStore is.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    /// `namespace/name`.
    pub(super) feature_store: String,
    /// As the operator reports it.
    pub(super) phase: Option<String>,
    /// The release that the operator deploys.
    pub(super) feast_version: Option<String>,
    /// Of the pods of the servers; nothing if there is no Deployment.
    pub(super) replicas: Option<Replicas>,
    pub(super) autoscalers: Vec<Autoscaler>,
    pub(super) servers: Vec<Server>,
    pub(super) conditions: Vec<Condition>,
    pub(super) claims: Vec<Claim>,
    /// What differs from what should be there.
    pub(super) deviations: Vec<Deviation>,
    /// Why it is not ready.
    pub(super) problems: Vec<String>,
}

impl State {
    /// Whether all is as it should be.
    pub(super) fn is_fine(&self) -> bool {
        self.phase.as_deref() == Some("Ready")
            && self.problems.is_empty()
            && self.deviations.is_empty()
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Replicas {
    pub(super) ready: i64,
    pub(super) desired: i64,
}

/// What scales the servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Autoscaler {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    /// Each with its value and its target.
    pub(super) metrics: Vec<String>,
}

/// A server of a FeatureStore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Server {
    pub(super) name: String,
    /// Inside the cluster.
    pub(super) address: String,
    /// How many pods have it ready; nothing if it runs elsewhere, or pods could not be read.
    pub(super) ready: Option<usize>,
    /// How many pods there are.
    pub(super) pods: Option<usize>,
}

/// Where data is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Claim {
    pub(super) name: String,
    pub(super) phase: String,
    pub(super) capacity: Option<String>,
}

/// Something that differs from what should be there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Deviation {
    /// `Kind name`, with its namespace if that is another.
    pub(super) object: String,
    pub(super) what: What,
    /// The fields that differ.
    pub(super) fields: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum What {
    /// It should be there.
    Missing,
    /// It is otherwise than it should be.
    Changed,
    /// It should not be there any more.
    LeftOver,
}
