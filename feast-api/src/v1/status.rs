use super::FeatureStoreSpec;
use crate::macros::string_enum;

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
    /// Number of ready pods, as reported by the scale subresource.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// Replica counts while the deployment is scaled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scaling_status: Option<ScalingStatus>,
    /// Label selector of the pods, for the scale subresource.
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
    /// Number of ready pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_replicas: Option<i32>,
    /// Number of pods that the deployment should have.
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
/// Unlike the type of the same name in k8s-openapi, it keeps the time as written, with its fraction
/// and offset.
///
/// [API conventions]: https://github.com/kubernetes/community/blob/master/contributors/devel/sig-architecture/api-conventions.md#typical-status-properties
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// When `status` last changed, in RFC 3339 format.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "date-time")))]
    pub last_transition_time: String,
    /// A message for people; may be empty, at most 32,768 characters.
    #[cfg_attr(feature = "schema", schemars(length(max = 32768)))]
    pub message: String,
    /// The generation of the resource that this condition describes.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observed_generation: Option<i64>,
    /// The reason for `status`, as one CamelCase word; 1 to 1,024 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 1024), extend("pattern" = "^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")))]
    pub reason: String,
    /// Whether the condition is true.
    pub status: ConditionStatus,
    /// Type of the condition, in CamelCase, optionally with a DNS prefix; at most 316 characters.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "schema", schemars(length(max = 316), extend("pattern" = r"^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*/)?(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])$")))]
    pub type_: String,
}

string_enum! {
    /// Whether a condition is true.
    #[derive(Default)]
    pub enum ConditionStatus {
        /// It is true.
        True = "True",
        /// It is false.
        False = "False",
        /// It is unknown.
        #[default]
        Unknown = "Unknown",
    }
}
