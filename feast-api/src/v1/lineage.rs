use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::LocalObjectReference;

use super::ServerConfigs;
use crate::macros::string_enum;

/// Data lineage with OpenLineage.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenLineageConfig {
    /// Secret whose key `api_key` is the token sent with events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_secret_ref: Option<LocalObjectReference>,
    /// The receiver of events, as part of this FeatureStore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consumer: Option<OpenLineageConsumer>,
    /// Whether Feast emits events.
    pub enabled: bool,
    /// Further settings, written inline into the `openlineage` block. `true` and `false` become
    /// booleans, other values remain strings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_config: Option<BTreeMap<String, String>>,
    /// Path below the transport's URL. Feast's default: `api/v1/lineage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_endpoint: Option<String>,
    /// How events are sent. With a lineage server it is set to `http`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_type: Option<TransportType>,
    /// URL to which events are sent. With a lineage server it is set to the server's URL.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_url: Option<String>,
}

/// The receiver of lineage events.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct OpenLineageConsumer {
    /// Secret whose key `api_key` producers must send as `X-API-Key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub api_key_secret_ref: Option<LocalObjectReference>,
    /// Secret whose key `connection_string` refers to a separate database. Default: the SQL
    /// registry's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection_string_secret_ref: Option<LocalObjectReference>,
    /// Whether events are received.
    pub enabled: bool,
    /// Runs the receiver in its own Deployment. Default: it runs in the servers' pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lineage_server: Option<LineageServer>,
    /// OpenLineage namespaces and the Feast projects that may see them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace_mapping: Option<BTreeMap<String, String>>,
    /// Hours between two prunings, at least 1. Default: 6.
    #[cfg_attr(feature = "schema", schemars(range(min = 1), extend("default" = 6)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_check_interval_hours: Option<i32>,
    /// Days for which events are kept; 0 keeps them forever. Default: 30.
    #[cfg_attr(feature = "schema", schemars(range(min = 0), extend("default" = 30)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention_days: Option<i32>,
    /// Kind of storage. Default: `sql`.
    #[cfg_attr(feature = "schema", schemars(extend("default" = "sql")))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store_type: Option<LineageStoreType>,
}

/// A separate Deployment for the lineage receiver.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct LineageServer {
    /// Number of pods, at least 1. Default: 1.
    #[cfg_attr(feature = "schema", schemars(range(min = 1), extend("default" = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replicas: Option<i32>,
    /// The container. Only its image, resources and environment are used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerConfigs>,
}

string_enum! {
    /// How lineage events are sent.
    pub enum TransportType {
        /// HTTP, to a URL.
        Http = "http",
        /// Standard output.
        Console = "console",
        /// A file.
        File = "file",
        /// An Apache Kafka topic.
        Kafka = "kafka",
    }
}

string_enum! {
    /// Where received lineage events are stored.
    pub enum LineageStoreType {
        /// A database supported by SQLAlchemy.
        Sql = "sql",
    }
}
