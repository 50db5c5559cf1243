use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{LocalObjectReference, VolumeResourceRequirements};

use super::{
    OfflineFileType, OfflineStoreType, OnlineStoreType, RegistryCacheMode, RegistryStoreType,
};

/// Where the offline store keeps its data. Exactly one of the two must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfflineStorePersistence {
    /// Files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<OfflineStoreFilePersistence>,
    /// A database or warehouse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<OfflineStoreDbStorePersistence>,
}

/// An offline store in files.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfflineStoreFilePersistence {
    /// A claim for the files; its mount path becomes the pod's working directory. Default:
    /// ephemeral storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pvc: Option<PvcConfig>,
    /// The engine that reads the files. Default: `dask`.
    #[serde(rename = "type")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub type_: Option<OfflineFileType>,
}

/// An offline store in a database or warehouse.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OfflineStoreDbStorePersistence {
    /// Key of the Secret. Default: the store's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_name: Option<String>,
    /// Secret in the FeatureStore's namespace; the key contains the store's parameters as in
    /// `feature_store.yaml`.
    pub secret_ref: LocalObjectReference,
    /// Kind of store.
    #[serde(rename = "type")]
    pub type_: OfflineStoreType,
}

/// Where the online store keeps its data. Exactly one of the two must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnlineStorePersistence {
    /// An SQLite file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<OnlineStoreFilePersistence>,
    /// A database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<OnlineStoreDbStorePersistence>,
}

/// An online store in an SQLite file.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnlineStoreFilePersistence {
    /// Path of the file: absolute without a claim, relative to the mount path with one. Default:
    /// `/feast-data/online_store.db`, or `online_store.db` with a claim. Cannot be in an object
    /// store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A claim for the file. Default: ephemeral storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pvc: Option<PvcConfig>,
}

/// An online store in a database.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnlineStoreDbStorePersistence {
    /// Key of the Secret. Default: the store's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_name: Option<String>,
    /// Secret in the FeatureStore's namespace; the key contains the store's parameters as in
    /// `feature_store.yaml`.
    pub secret_ref: LocalObjectReference,
    /// Kind of store.
    #[serde(rename = "type")]
    pub type_: OnlineStoreType,
}

/// Where the registry keeps its data. Exactly one of the two must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistryPersistence {
    /// A file or an object store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<RegistryFilePersistence>,
    /// A database.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<RegistryDbStorePersistence>,
}

/// A registry in a file or an object store.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistryFilePersistence {
    /// How readers refresh their cached copy.
    #[serde(rename = "cache_mode")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_mode: Option<RegistryCacheMode>,
    /// Seconds after which the cached copy is refreshed; 0 means never.
    #[serde(rename = "cache_ttl_seconds")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_ttl_seconds: Option<i32>,
    /// Path of the file: absolute or an `s3://` or `gs://` URI without a claim, relative to the
    /// mount path with one. Default: `/feast-data/registry.db`, or `registry.db` with a claim.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// A claim for the file. Default: ephemeral storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pvc: Option<PvcConfig>,
    /// Settings for requests to S3; only with an `s3://` path.
    #[serde(rename = "s3_additional_kwargs")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub s3_additional_kwargs: Option<BTreeMap<String, String>>,
}

/// A registry in a database.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RegistryDbStorePersistence {
    /// Key of the Secret. Default: the store's type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_name: Option<String>,
    /// Secret in the FeatureStore's namespace; the key contains the store's parameters as in
    /// `feature_store.yaml`.
    pub secret_ref: LocalObjectReference,
    /// Kind of store.
    #[serde(rename = "type")]
    pub type_: RegistryStoreType,
}

/// A PersistentVolumeClaim. Exactly one of `create` and `ref` must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PvcConfig {
    /// A claim to create. Removing this field deletes the claim and its data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub create: Option<PvcCreate>,
    /// Mount path in every container: absolute, without a colon.
    pub mount_path: String,
    /// An existing claim.
    #[serde(rename = "ref")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ref_: Option<LocalObjectReference>,
}

/// A claim to create. Immutable.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PvcCreate {
    /// Access modes. Default: `ReadWriteOnce`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub access_modes: Option<Vec<String>>,
    /// Size. Default: 20Gi for the offline store, 5Gi for the others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<VolumeResourceRequirements>,
    /// Storage class. Default: the cluster's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class_name: Option<String>,
}
