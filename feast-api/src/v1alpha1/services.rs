use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::DeploymentStrategy;
use k8s_openapi::api::core::v1::{LocalObjectReference, PodSecurityContext, Toleration, Volume};

use super::{
    OfflineStoreFilePersistence, OnlineStorePersistence, RegistryPersistence, RemoteRegistryConfig,
    ServerConfigs,
};
use crate::macros::string_enum;
use crate::v1::server_configs;

/// The servers, their stores, and the pod that runs them.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreServices {
    /// How pods are replaced. Default: `Recreate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deployment_strategy: Option<DeploymentStrategy>,
    /// Whether to omit the init containers that create the feature repository.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable_init_containers: Option<bool>,
    /// Labels that the node must have.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub node_selector: Option<BTreeMap<String, String>>,
    /// The offline store. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offline_store: Option<OfflineStore>,
    /// The online store. Default: an ephemeral file, with a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub online_store: Option<OnlineStore>,
    /// The registry. Default: a local file, without a server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry: Option<Registry>,
    /// Whether an init container runs `feast apply`. Default: true. Has no effect without init
    /// containers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_feast_apply_on_init: Option<bool>,
    /// Security settings of the pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
    /// Taints that the pod tolerates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tolerations: Option<Vec<Toleration>>,
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

string_enum! {
    /// Type of an offline store, as in `offline_store.type` of `feature_store.yaml`.
    pub enum OfflineStoreType {
        /// Snowflake.
        Snowflake = "snowflake.offline",
        /// Google BigQuery.
        Bigquery = "bigquery",
        /// Amazon Redshift.
        Redshift = "redshift",
        /// Apache Spark.
        Spark = "spark",
        /// PostgreSQL.
        Postgres = "postgres",
        /// Trino.
        Trino = "trino",
        /// Amazon Athena.
        Athena = "athena",
        /// Microsoft SQL Server.
        Mssql = "mssql",
        /// Couchbase Columnar.
        Couchbase = "couchbase.offline",
        /// ClickHouse.
        Clickhouse = "clickhouse",
        /// Ray.
        Ray = "ray",
        /// A combination of several stores.
        Hybrid = "hybrid",
    }
}

/// The online store.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OnlineStore {
    /// Where the store keeps its data. Default: an SQLite file on ephemeral storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistence: Option<OnlineStorePersistence>,
    /// The feature server. Default: enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerConfigs>,
}

/// The registry. Exactly one of the two must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Registry {
    /// A registry of this FeatureStore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local: Option<LocalRegistryConfig>,
    /// A registry served elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<RemoteRegistryConfig>,
}

/// A registry of this FeatureStore.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LocalRegistryConfig {
    /// Where the registry keeps its data. Default: a file on ephemeral storage.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub persistence: Option<RegistryPersistence>,
    /// A server for remote clients. Default: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<RegistryServerConfigs>,
}

server_configs! {
    /// Settings of the registry server's container. It serves gRPC, REST, or both.
    pub struct RegistryServerConfigs {
        /// Whether to serve gRPC. Default: true.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub grpc: Option<bool>,
        /// Whether to serve REST. Default: false.
        #[serde(rename = "restAPI")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub rest_api: Option<bool>,
    }
}
