//! The recorded cases in their file format.

use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A case: a FeatureStore, its cluster, the events and the operator's results.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) tag: String,
    pub(super) platform: Platform,
    pub(super) cluster: Vec<Value>,
    pub(super) steps: Vec<Step>,
    pub(super) expect: Vec<Outcome>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Platform {
    pub(super) openshift: bool,
    pub(super) service_monitor: bool,
    pub(super) env: BTreeMap<String, String>,
    pub(super) operator_namespace: Option<String>,
}

/// Events, in the order of the fields.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Step {
    pub(super) cluster_delete: Vec<String>,
    pub(super) cluster: Vec<Value>,
    pub(super) feature_store: Option<Value>,
    pub(super) scale: Option<i32>,
    pub(super) deployment_replicas: Option<i32>,
    pub(super) deployment_status: Option<Value>,
    pub(super) delete: bool,
}

/// The state after a step. Objects and deletions are those of this step only.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(super) struct Outcome {
    pub(super) objects: Vec<Value>,
    pub(super) deleted: BTreeSet<String>,
    pub(super) status: Value,
    pub(super) feature_store_yaml: BTreeMap<String, String>,
    pub(super) error: Option<String>,
    pub(super) requeue_after_seconds: Option<u64>,
    pub(super) metric: Value,
    pub(super) requeues: Value,
}

/// The cases of a file.
pub(super) fn cases(file: &Path) -> Vec<Case> {
    let case = |line: String| serde_json::from_str(&line).expect("a case on each line");
    test_support::lines(file).map(case).collect()
}
