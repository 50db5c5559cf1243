//! `feast.dev/v1alpha1`, deprecated: served, but no longer stored.
//!
//! A subset of [`v1`](crate::v1). Identical types are re-exported, so this module defines only
//! those that lack something. Move to `v1`; [`From`] converts without loss.

mod authz;
mod services;
mod status;

pub use crate::v1::{
    Condition, ConditionStatus, CronJobContainerConfigs, FeastCronJob, FeastInitOptions,
    FeastPackagedOptions, FeastProjectDir, FeatureStoreRef, GitCloneOptions, InitTemplate, JobSpec,
    KubernetesAuthz, LogLevel, OfflineFileType, OfflineStoreFilePersistence,
    OnlineStoreDbStorePersistence, OnlineStoreFilePersistence, OnlineStorePersistence,
    OnlineStoreType, PvcConfig, PvcCreate, RegistryCacheMode, RegistryDbStorePersistence,
    RegistryFilePersistence, RegistryPersistence, RegistryStoreType, RemoteRegistryConfig,
    SecretKeyNames, ServerConfigs, TlsConfigs, TlsRemoteRegistryConfigs, WorkerConfigs,
};
pub use authz::{AuthzConfig, OidcAuthz};
pub use services::{
    FeatureStoreServices, LocalRegistryConfig, OfflineStore, OfflineStoreDbStorePersistence,
    OfflineStorePersistence, OfflineStoreType, OnlineStore, Registry, RegistryServerConfigs,
};
pub use status::{FeatureStoreStatus, ServiceHostnames};

use crate::kind::kind;

kind! {
    /// A deployment of Feast, in the deprecated version of the resource.
    ///
    /// ```
    /// use feast_api::{v1, v1alpha1};
    ///
    /// let old = v1alpha1::FeatureStore::from_json(br#"{
    ///     "apiVersion": "feast.dev/v1alpha1",
    ///     "kind": "FeatureStore",
    ///     "metadata": { "name": "sample" },
    ///     "spec": { "feastProject": "credit_scoring" }
    /// }"#)?;
    /// let new = v1::FeatureStore::from(old);
    /// assert_eq!(new.spec.feast_project, "credit_scoring");
    /// # Ok::<(), feast_api::ReadError>(())
    /// ```
    pub struct FeatureStore: V1Alpha1;
}

/// The desired state of a FeatureStore.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreSpec {
    /// How clients authenticate and are authorized. Default: Kubernetes RBAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authz: Option<AuthzConfig>,
    /// A CronJob that runs commands in the deployment. Always created; suspended unless it has a
    /// schedule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_job: Option<FeastCronJob>,
    /// Name of the Feast project. Letters, digits, `_` and `-`; starts with a letter or digit.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[A-Za-z0-9][A-Za-z0-9_-]*$")))]
    pub feast_project: String,
    /// Where the feature repository comes from. Default: `feast init`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feast_project_dir: Option<FeastProjectDir>,
    /// The servers, their stores and the pod that runs them. Default: only the online store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<FeatureStoreServices>,
}
