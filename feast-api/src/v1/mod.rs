//! `feast.dev/v1`, the served and stored version.
//!
//! [`FeatureStore`] is the resource; [`FeatureStoreSpec`] is the desired state and
//! [`FeatureStoreStatus`] the observed state. An absent field is `None` and is never written.

mod authz;
mod cron_job;
mod facts;
mod lineage;
mod persistence;
mod project;
mod registry;
mod scaling;
mod server;
mod server_type;
mod services;
mod settings;
mod status;
mod stores;

pub use authz::{AuthzConfig, KubernetesAuthz, OidcAuthz, OidcCaConfigMap};
pub use cron_job::{CronJobContainerConfigs, FeastCronJob, JobSpec};
pub use facts::AuthzMode;
pub use lineage::{
    LineageServer, LineageStoreType, OpenLineageConfig, OpenLineageConsumer, TransportType,
};
pub use persistence::{
    OfflineStoreDbStorePersistence, OfflineStoreFilePersistence, OfflineStorePersistence,
    OnlineStoreDbStorePersistence, OnlineStoreFilePersistence, OnlineStorePersistence, PvcConfig,
    PvcCreate, RegistryDbStorePersistence, RegistryFilePersistence, RegistryPersistence,
};
pub use project::{
    FeastInitOptions, FeastPackagedOptions, FeastProjectDir, GitCloneOptions, InitTemplate,
};
pub use registry::{
    FeatureStoreRef, LocalRegistryConfig, Registry, RegistryServerConfigs, RemoteRegistryConfig,
    TlsRemoteRegistryConfigs,
};
pub use scaling::{AutoscalingConfig, PdbConfig, ScalingConfig};
pub(crate) use server::server_configs;
pub use server::{LogLevel, SecretKeyNames, ServerConfigs, TlsConfigs, WorkerConfigs};
pub use server_type::ServerType;
pub use services::{
    FeatureServerMetrics, FeatureStoreServices, McpConfig, McpTransport, OfflinePushBatching,
    OfflineStore, OnlineStore, ServingConfig,
};
pub use settings::{BatchEngineConfig, DataQualityMonitoring, MaterializationConfig, MlflowConfig};
pub use status::{Condition, ConditionStatus, FeatureStoreStatus, ScalingStatus, ServiceHostnames};
pub use stores::{
    OfflineFileType, OfflineStoreType, OnlineStoreType, RegistryCacheMode, RegistryStoreType,
};

use crate::kind::kind;

kind! {
    /// A deployment of Feast: registry, online and offline stores, UI and related objects.
    ///
    /// Reading checks `apiVersion` and `kind`. An object without `spec`, which the API server
    /// stores unchanged, gets a default spec here; a default spec is not written.
    ///
    /// ```
    /// use feast_api::v1::{FeatureStore, FeatureStoreSpec};
    ///
    /// let fs = FeatureStore::new("sample", FeatureStoreSpec {
    ///     feast_project: "credit_scoring".into(),
    ///     ..Default::default()
    /// });
    /// assert_eq!(serde_json::to_value(&fs)?, serde_json::json!({
    ///     "apiVersion": "feast.dev/v1",
    ///     "kind": "FeatureStore",
    ///     "metadata": { "name": "sample" },
    ///     "spec": { "feastProject": "credit_scoring" },
    /// }));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub struct FeatureStore: V1;
}

/// The desired state of a FeatureStore.
///
/// Only `feastProject` is required. With nothing else, one pod runs the online feature server on
/// ephemeral files.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreSpec {
    /// How clients authenticate and are authorized. Default: Kubernetes RBAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authz: Option<AuthzConfig>,
    /// The compute engine for materialization. Default: the process that runs it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch_engine: Option<BatchEngineConfig>,
    /// A CronJob that runs commands in the deployment. Always created; suspended unless it has a
    /// schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_job: Option<FeastCronJob>,
    /// Monitoring of the distribution of feature values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_quality_monitoring: Option<DataQualityMonitoring>,
    /// Name of the Feast project. Letters, digits, `_` and `-`; starts with a letter or digit.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[A-Za-z0-9][A-Za-z0-9_-]*$")))]
    pub feast_project: String,
    /// Where the feature repository comes from. Default: `feast init`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feast_project_dir: Option<FeastProjectDir>,
    /// Settings of materialization, written into `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub materialization: Option<MaterializationConfig>,
    /// Experiment tracking with MLflow, written into `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mlflow: Option<MlflowConfig>,
    /// Data lineage with OpenLineage, written into `feature_store.yaml`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub openlineage: Option<OpenLineageConfig>,
    /// Number of pods, at least 1; read and written through the scale subresource. Default: 1.
    ///
    /// A value above 1 requires stores that replicas can share, and excludes
    /// `services.scaling.autoscaling`.
    #[cfg_attr(feature = "schema", schemars(range(min = 1), extend("default" = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// The servers, their stores and the pod that runs them. Default: only the online store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<FeatureStoreServices>,
}
