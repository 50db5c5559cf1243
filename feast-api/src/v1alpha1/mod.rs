//! `feast.dev/v1alpha1`, deprecated: served, but no longer stored.
//!
//! A subset of [`v1`](crate::v1): what is the same there is the same type, so only the types that
//! lack something are defined here. Move to `v1`; [`From`] converts without loss.

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
    /// One deployment of Feast, in the deprecated version of the resource.
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

/// What a FeatureStore asks for.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreSpec {
    /// How clients authenticate and are authorized. Default: Kubernetes RBAC.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authz: Option<AuthzConfig>,
    /// A CronJob that runs commands in the deployment. Always made; suspended unless scheduled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cron_job: Option<FeastCronJob>,
    /// Name of the Feast project; letters, digits, `_` and `-`, the first a letter or digit.
    #[cfg_attr(feature = "schema", schemars(extend("pattern" = "^[A-Za-z0-9][A-Za-z0-9_-]*$")))]
    pub feast_project: String,
    /// Where the feature repository comes from. Default: `feast init`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feast_project_dir: Option<FeastProjectDir>,
    /// The servers, their stores and the pod that runs them. Default: the online store alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub services: Option<FeatureStoreServices>,
}
