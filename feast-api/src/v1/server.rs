use k8s_openapi::api::core::v1::LocalObjectReference;

use crate::macros::string_enum;

/// Defines the settings of a server's container: the common ones and the given ones.
macro_rules! server_configs {
    (
        $(#[$attr:meta])*
        pub struct $name:ident {
            $($own:tt)*
        }
    ) => {
        $(#[$attr])*
        #[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($own)*
            /// Environment variables; they override the operator's by name.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub env: Option<Vec<k8s_openapi::api::core::v1::EnvVar>>,
            /// Sources of environment variables, such as a database's Secret.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub env_from: Option<Vec<k8s_openapi::api::core::v1::EnvFromSource>>,
            /// Container image. Default: the operator's feature server image.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub image: Option<String>,
            /// When to pull the image: `Always`, `IfNotPresent` or `Never`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub image_pull_policy: Option<String>,
            /// Log level of the server. Feast's default: `warning`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub log_level: Option<$crate::v1::LogLevel>,
            /// Whether the online server exposes Prometheus metrics on port 8000.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub metrics: Option<bool>,
            /// Labels that the node must have; merged over `services.nodeSelector`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub node_selector: Option<std::collections::BTreeMap<String, String>>,
            /// CPU, memory and resource claims of the container.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub resources: Option<k8s_openapi::api::core::v1::ResourceRequirements>,
            /// TLS of the server. On OpenShift the default is TLS with a certificate of the
            /// cluster.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub tls: Option<$crate::v1::TlsConfigs>,
            /// Mounts of `services.volumes` in the container.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub volume_mounts: Option<Vec<k8s_openapi::api::core::v1::VolumeMount>>,
            /// Worker processes of the online server.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub worker_configs: Option<$crate::v1::WorkerConfigs>,
        }
    };
}
pub(crate) use server_configs;

server_configs! {
    /// Settings of a server's container.
    pub struct ServerConfigs {}
}

/// TLS settings of a server. A Secret is required unless TLS is disabled.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TlsConfigs {
    /// Whether to disable TLS, which OpenShift enables by default. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable: Option<bool>,
    /// Keys of the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_names: Option<SecretKeyNames>,
    /// Secret in the FeatureStore's namespace with the certificate and its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_ref: Option<LocalObjectReference>,
}

/// Keys of a TLS Secret.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SecretKeyNames {
    /// Key of the certificate. Default: `tls.crt`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_crt: Option<String>,
    /// Key of the private key. Default: `tls.key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_key: Option<String>,
}

/// Worker processes of a feature server.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct WorkerConfigs {
    /// Seconds for which idle connections are kept open, at least 1. Feast's default: 30.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_alive_timeout: Option<i32>,
    /// Number of requests after which a worker is replaced, to limit memory leaks; 0 means never.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_requests: Option<i32>,
    /// Maximum of the random number added to `maxRequests`, so that workers are not all replaced at
    /// once.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_requests_jitter: Option<i32>,
    /// Seconds after which the registry is reloaded; 0 reloads it for each request.
    #[serde(rename = "registryTTLSeconds")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_ttl_seconds: Option<i32>,
    /// Maximum number of simultaneous clients of a worker, at least 1. Feast's default: 1000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_connections: Option<i32>,
    /// Number of worker processes; -1 means twice the CPUs plus one. Feast's default: 1.
    #[cfg_attr(feature = "schema", schemars(range(min = -1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<i32>,
}

string_enum! {
    /// Log level of a server.
    pub enum LogLevel {
        /// All messages.
        Debug = "debug",
        /// Informational messages and above.
        Info = "info",
        /// Warnings and above.
        Warning = "warning",
        /// Errors and above.
        Error = "error",
        /// Only critical errors.
        Critical = "critical",
    }
}
