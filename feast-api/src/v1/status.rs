use super::FeatureStoreSpec;
use crate::macros::string_enum;

/// What is there of a FeatureStore, as its operator reports it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreStatus {
    /// The spec with all defaults, as it is deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applied: Option<Box<FeatureStoreSpec>>,
    /// Name of the ConfigMap with the clients' `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_config_map: Option<String>,
    /// One condition for the whole (`FeatureStore`), and one for each service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conditions: Option<Vec<Condition>>,
    /// Name of the CronJob.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_job: Option<String>,
    /// Feast release that the operator deploys.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feast_version: Option<String>,
    /// `Ready`, `Pending` or `Failed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<String>,
    /// Pods that are ready; the scale sub-resource reports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Replica counts, while the deployment is scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling_status: Option<ScalingStatus>,
    /// Label selector of the pods, for the scale sub-resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selector: Option<String>,
    /// Addresses of the servers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_hostnames: Option<ServiceHostnames>,
}

/// Replica counts of a scaled deployment.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ScalingStatus {
    /// Pods that are ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_replicas: Option<i32>,
    /// Pods that the deployment asks for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desired_replicas: Option<i32>,
}

/// Addresses of the servers inside the cluster, `DOMAIN:PORT`.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ServiceHostnames {
    /// The lineage receiver.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage: Option<String>,
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

/// One aspect of a resource's state, as in Kubernetes' [API conventions].
///
/// Unlike the type of the same name in k8s-openapi it keeps the time as it is written, with its
/// fraction and offset.
///
/// [API conventions]: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// When `status` last changed, in RFC 3339.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub last_transition_time: String,
    /// What a person should know; may be empty, at most 32,768 characters.
    #[cfg_attr(feature = "schema", schemars(length(max = 32768)))]
    pub message: String,
    /// Generation of the resource that this is about.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// Why `status` is what it is, in one CamelCase word; 1 to 1,024 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1024), extend("pattern" = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")))]
    pub reason: String,
    /// Whether the condition holds.
    pub status: ConditionStatus,
    /// Name of the condition, in CamelCase, perhaps with a DNS prefix; at most 316 characters.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schema", schemars(length(max = 316), extend("pattern" = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")))]
    pub type_: String,
}

string_enum! {
    /// Whether a condition holds.
    #[derive(Default)]
    pub enum ConditionStatus {
        /// It does.
        True = "True",
        /// It does not.
        False = "False",
        /// Nobody can tell.
        #[default]
        Unknown = "Unknown",
    }
}
