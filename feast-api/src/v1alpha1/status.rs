use super::{Condition, FeatureStoreSpec};

/// The observed state of a FeatureStore, as reported by its operator.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreStatus {
    /// The deployed spec, with all defaults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<Box<FeatureStoreSpec>>,
    /// Name of the ConfigMap with the clients' `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_config_map: Option<String>,
    /// A condition for the FeatureStore as a whole (type `FeatureStore`), and one for each service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// Name of the CronJob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_job: Option<String>,
    /// The Feast release that the operator deploys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feast_version: Option<String>,
    /// `Ready`, `Pending` or `Failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Addresses of the servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_hostnames: Option<ServiceHostnames>,
}

/// Addresses of the servers inside the cluster, `DOMAIN:PORT`.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServiceHostnames {
    /// The offline server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_store: Option<String>,
    /// The feature server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_store: Option<String>,
    /// The registry server, gRPC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<String>,
    /// The registry server, REST.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_rest: Option<String>,
    /// The UI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui: Option<String>,
}
