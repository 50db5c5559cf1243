//! KEDA's types.

use std::collections::BTreeMap;

use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscalerBehavior;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Deserialize, Serialize};

/// A `keda.sh/v1alpha1` ScaledObject, with the fields that FeatureStores need.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaledObject {
    /// `keda.sh/v1alpha1`.
    pub api_version: String,
    /// `ScaledObject`.
    pub kind: String,
    /// Name and namespace.
    pub metadata: ObjectMeta,
    /// Target and triggers.
    pub spec: ScaledObjectSpec,
}

/// The spec of a [`ScaledObject`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaledObjectSpec {
    /// The target.
    pub scale_target_ref: ScaleTargetRef,
    /// Polling interval of triggers in seconds. KEDA's default: 30.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub polling_interval: Option<i32>,
    /// Minimum replicas.
    pub min_replica_count: i32,
    /// Maximum replicas.
    pub max_replica_count: i32,
    /// Settings of KEDA's autoscaler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advanced: Option<Advanced>,
    /// The triggers.
    pub triggers: Vec<Trigger>,
}

/// A reference to an object with a scale subresource, in the ScaledObject's namespace.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ScaleTargetRef {
    /// Its API version.
    pub api_version: String,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// Settings of KEDA's autoscaler.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Advanced {
    /// Its HorizontalPodAutoscaler.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub horizontal_pod_autoscaler_config: Option<AutoscalerConfig>,
}

/// The HorizontalPodAutoscaler that KEDA creates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AutoscalerConfig {
    /// How fast it scales up and down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub behavior: Option<HorizontalPodAutoscalerBehavior>,
}

/// A KEDA trigger.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trigger {
    /// Type of the scaler, such as `prometheus`, `cpu` or `kafka`.
    #[serde(rename = "type")]
    pub type_: String,
    /// Name, unique among the triggers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Settings of the scaler.
    pub metadata: BTreeMap<String, String>,
    /// How the metric is compared. KEDA's default: `AverageValue`, for `cpu` and `memory`
    /// `Utilization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metric_type: Option<MetricType>,
    /// The source of the scaler's credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authentication_ref: Option<AuthenticationRef>,
}

/// How a trigger's metric is compared with its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MetricType {
    /// The total, divided by the replicas.
    AverageValue,
    /// The total.
    Value,
    /// The percentage of the requested resource; for `cpu` and `memory`.
    Utilization,
}

/// A reference to a `TriggerAuthentication`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthenticationRef {
    /// Its name.
    pub name: String,
    /// `TriggerAuthentication` (default) or `ClusterTriggerAuthentication`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
}
