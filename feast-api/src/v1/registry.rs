use k8s_openapi::api::core::v1::LocalObjectReference;

use super::{McpConfig, RegistryPersistence, ServerConfigs, server_configs};

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
        /// The Model Context Protocol over REST; requires `restAPI`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub mcp: Option<McpConfig>,
        /// Whether to serve REST. Default: false.
        #[serde(rename = "restAPI")]
        #[serde(skip_serializing_if = "Option::is_none")]
        pub rest_api: Option<bool>,
    }
}

/// A registry served elsewhere. Exactly one of `feastRef` and `hostname` must be set.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RemoteRegistryConfig {
    /// A FeatureStore in the same cluster that serves the registry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feast_ref: Option<FeatureStoreRef>,
    /// Address of the registry server, `DOMAIN:PORT`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// TLS settings for the connection to the registry server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<TlsRemoteRegistryConfigs>,
}

/// A reference to a FeatureStore.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FeatureStoreRef {
    /// Its name.
    pub name: String,
    /// Its namespace. Default: that of the referring FeatureStore.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
}

/// TLS settings of a client of a remote registry.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TlsRemoteRegistryConfigs {
    /// Key of the ConfigMap with the certificate.
    pub cert_name: String,
    /// ConfigMap in the FeatureStore's namespace with the certificate to trust.
    pub config_map_ref: LocalObjectReference,
}

impl RegistryServerConfigs {
    /// The settings that the registry server shares with other servers.
    pub fn to_server(&self) -> ServerConfigs {
        ServerConfigs {
            env: self.env.clone(),
            env_from: self.env_from.clone(),
            image: self.image.clone(),
            image_pull_policy: self.image_pull_policy.clone(),
            log_level: self.log_level,
            metrics: self.metrics,
            node_selector: self.node_selector.clone(),
            resources: self.resources.clone(),
            tls: self.tls.clone(),
            volume_mounts: self.volume_mounts.clone(),
            worker_configs: self.worker_configs.clone(),
        }
    }
}
