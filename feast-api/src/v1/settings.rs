use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::LocalObjectReference;

/// The batch compute engine.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct BatchEngineConfig {
    /// Key of the ConfigMap with the engine's YAML. Default: `config`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_key: Option<String>,
    /// ConfigMap with the engine's settings, as in the `batch_engine` block of
    /// `feature_store.yaml`; they must have a `type`. For `spark_application`, RBAC objects are
    /// created.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub config_map_ref: Option<LocalObjectReference>,
}

/// Monitoring of data quality.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct DataQualityMonitoring {
    /// Whether `feast apply` computes baseline distributions. Default: true.
    #[cfg_attr(feature = "schema", schemars(extend("default" = true)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_baseline: Option<bool>,
}

/// Settings of materialization.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MaterializationConfig {
    /// Further settings, written inline into the `materialization` block. `true` and `false` become
    /// booleans, other values remain strings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_config: Option<BTreeMap<String, String>>,
    /// Number of rows in one write to the online store, at least 1. Smaller batches need less
    /// memory.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_write_batch_size: Option<i32>,
}

/// Experiment tracking with MLflow.
///
/// If this is not set, an MLflow object in the cluster enables it.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct MlflowConfig {
    /// Whether retrievals inside an MLflow run log the features they use. Feast's default: true.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_log: Option<bool>,
    /// Whether historical retrievals store their entity data frame. Feast's default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auto_log_entity_df: Option<bool>,
    /// Whether the integration is enabled. `false` also disables discovery.
    pub enabled: bool,
    /// Maximum number of rows of a stored entity data frame, at least 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entity_df_max_rows: Option<i32>,
    /// Further settings, written inline into the `mlflow` block; must not repeat the other fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_config: Option<BTreeMap<String, String>>,
    /// Whether to log `feast apply` and materialization to a separate experiment. Feast's default:
    /// false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_operations: Option<bool>,
    /// Suffix appended to the project's name for that experiment. Feast's default: `-feast-ops`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ops_experiment_suffix: Option<String>,
    /// How pods authenticate to MLflow (`MLFLOW_TRACKING_AUTH`). Default: `kubernetes-namespaced`;
    /// an empty string leaves it unset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_auth: Option<String>,
    /// URI of the tracking server. Default: discovered from the cluster's MLflow object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tracking_uri: Option<String>,
    /// URL of the MLflow UI for browsers, used in links. Default: discovered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_url: Option<String>,
}
