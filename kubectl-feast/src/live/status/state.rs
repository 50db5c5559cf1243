//! The state of a FeatureStore, as data.

use feast_api::v1::Condition;
use serde::Serialize;

/// The state of a FeatureStore.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct State {
    /// `namespace/name`.
    pub(super) feature_store: String,
    /// The phase that the operator reports.
    pub(super) phase: Option<String>,
    /// The release that the operator deploys.
    pub(super) feast_version: Option<String>,
    /// Replicas of the servers; `None` if there is no Deployment.
    pub(super) replicas: Option<Replicas>,
    pub(super) autoscalers: Vec<Autoscaler>,
    pub(super) servers: Vec<Server>,
    pub(super) conditions: Vec<Condition>,
    pub(super) claims: Vec<Claim>,
    /// Differences from the expected objects.
    pub(super) deviations: Vec<Deviation>,
    /// Why it is not ready.
    pub(super) problems: Vec<String>,
}

impl State {
    /// Whether everything is as expected.
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

/// An autoscaler of the servers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Autoscaler {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    /// The metrics, with value and target.
    pub(super) metrics: Vec<String>,
}

/// A server of a FeatureStore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Server {
    pub(super) name: String,
    /// The address inside the cluster.
    pub(super) address: String,
    /// The number of pods in which it is ready; `None` if it runs elsewhere, or pods could not be
    /// read.
    pub(super) ready: Option<usize>,
    /// The number of pods.
    pub(super) pods: Option<usize>,
}

/// A volume claim.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Claim {
    pub(super) name: String,
    pub(super) phase: String,
    pub(super) capacity: Option<String>,
}

/// A difference from the expected objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Deviation {
    /// `Kind name`, with the namespace if it differs.
    pub(super) object: String,
    pub(super) what: What,
    /// The fields that differ.
    pub(super) fields: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum What {
    /// It should exist.
    Missing,
    /// It differs.
    Changed,
    /// It should no longer exist.
    LeftOver,
}
