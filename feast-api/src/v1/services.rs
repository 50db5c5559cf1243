use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::DeploymentStrategy;
use k8s_openapi::api::core::v1::{
    Affinity, PodResourceClaim, PodSecurityContext, Toleration, TopologySpreadConstraint, Volume,
};

use super::{
    OfflineStorePersistence, OnlineStorePersistence, PdbConfig, Registry, ScalingConfig,
    ServerConfigs,
};
use crate::macros::string_enum;

/// The servers, their stores, and the pod that runs them.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreServices {
    /// Where the pod may run. Default while scaled: preferably on different nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub affinity: Option<Affinity>,
    /// How pods are replaced. Default: `RollingUpdate` while scaled, else `Recreate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_strategy: Option<DeploymentStrategy>,
    /// Whether to omit the init containers that create the feature repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_init_containers: Option<bool>,
    /// Image of the init containers. Default: the server image.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub init_image: Option<String>,
    /// Labels that the node must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<BTreeMap<String, String>>,
    /// The offline store. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_store: Option<OfflineStore>,
    /// The online store. Default: an ephemeral file, with a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_store: Option<OnlineStore>,
    /// Annotations of the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_annotations: Option<BTreeMap<String, String>>,
    /// A PodDisruptionBudget for the deployment, created while it is scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pod_disruption_budgets: Option<PdbConfig>,
    /// The registry. Default: a local file, without a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
    /// Resource claims of the pod, for containers that use devices.
    #[cfg_attr(feature = "schema", schemars(extend("x-kubernetes-list-type" = "map", "x-kubernetes-list-map-keys" = ["name"])))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_claims: Option<Vec<PodResourceClaim>>,
    /// Whether an init container runs `feast apply`. Default: true. Has no effect without init
    /// containers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_feast_apply_on_init: Option<bool>,
    /// Horizontal scaling by an autoscaler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling: Option<ScalingConfig>,
    /// Security settings of the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
    /// Taints that the pod tolerates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerations: Option<Vec<Toleration>>,
    /// How replicas are spread. Default while scaled: over zones, as far as possible; an empty list
    /// disables this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topology_spread_constraints: Option<Vec<TopologySpreadConstraint>>,
    /// A server for the Feast UI. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui: Option<ServerConfigs>,
    /// Volumes of the pod, for the servers' volume mounts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volumes: Option<Vec<Volume>>,
}

/// The offline store.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfflineStore {
    /// Where the store keeps its data. Default: files read by Dask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistence: Option<OfflineStorePersistence>,
    /// A server for remote clients. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerConfigs>,
}

/// The online store.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnlineStore {
    /// Whether to omit the server and the claim. The store stays in `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
    /// Where the store keeps its data. Default: an SQLite file on ephemeral storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistence: Option<OnlineStorePersistence>,
    /// The feature server. Default: enabled, unless the store is disabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerConfigs>,
    /// Settings of the feature server, written into `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serving: Option<ServingConfig>,
}

/// Settings of the feature server besides the serving of features.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServingConfig {
    /// The Model Context Protocol, for agents.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcp: Option<McpConfig>,
    /// Prometheus metrics by category. Enables the metrics port, as `server.metrics` does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<FeatureServerMetrics>,
    /// Batching of the rows that `/push` writes to the offline store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_push_batching: Option<OfflinePushBatching>,
}

/// The Model Context Protocol on a server.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct McpConfig {
    /// Whether to serve it.
    pub enabled: bool,
    /// Name that the server reports. Feast's default: `feast-mcp-server`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// Version that the server reports. Feast's default: `1.0.0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_version: Option<String>,
    /// The transport.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport: Option<McpTransport>,
}

/// Prometheus metrics of the feature server.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureServerMetrics {
    /// Categories, such as `request` or `push`, enabled or disabled one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<BTreeMap<String, bool>>,
    /// Whether to expose metrics on port 8000.
    pub enabled: bool,
}

/// Batching of pushes to the offline store.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfflinePushBatching {
    /// Seconds between two writes, at least 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_interval_seconds: Option<i32>,
    /// Maximum number of rows in one write, at least 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_size: Option<i32>,
    /// Whether to batch pushes.
    pub enabled: bool,
}

string_enum! {
    /// Transport of the Model Context Protocol.
    pub enum McpTransport {
        /// Server-sent events.
        Sse = "sse",
        /// Streamable HTTP.
        Http = "http",
    }
}
