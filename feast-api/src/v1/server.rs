use k8s_openapi::api::core::v1::LocalObjectReference;

use crate::macros::string_enum;

/// Defines the settings of a server's container: those that all servers share, and the given
/// ones.
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
            /// Environment variables; those that the operator sets are overridden by name.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub env: Option<Vec<k8s_openapi::api::core::v1::EnvVar>>,
            /// Sources of environment variables, such as the Secret of a database.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub env_from: Option<Vec<k8s_openapi::api::core::v1::EnvFromSource>>,
            /// Container image. Default: the operator's feature server image.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub image: Option<String>,
            /// When to pull the image: `Always`, `IfNotPresent` or `Never`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub image_pull_policy: Option<String>,
            /// Level of the server's log. Feast's default: `warning`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub log_level: Option<$crate::v1::LogLevel>,
            /// Whether the online server exposes Prometheus metrics on port 8000.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub metrics: Option<bool>,
            /// Node labels that the pod needs; merged over `services.nodeSelector`.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub node_selector: Option<std::collections::BTreeMap<String, String>>,
            /// CPU, memory and claims of the container.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub resources: Option<k8s_openapi::api::core::v1::ResourceRequirements>,
            /// TLS of the server. On OpenShift it is on, with a certificate of the cluster's,
            /// unless this says otherwise.
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

/// TLS of a server. Unless it is disabled, a Secret is required.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct TlsConfigs {
    /// Whether TLS is off, as OpenShift would turn it on. Default: false.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disable: Option<bool>,
    /// Keys of the Secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_key_names: Option<SecretKeyNames>,
    /// Secret, in the FeatureStore's namespace, with the certificate and its key.
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
    /// Seconds for which an idle connection is kept, at least 1. Feast's default: 30.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_alive_timeout: Option<i32>,
    /// Requests after which a worker is replaced, which bounds leaks; 0 never does.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_requests: Option<i32>,
    /// Upper bound of what is randomly added to `maxRequests`, so that workers are not replaced
    /// all at once.
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_requests_jitter: Option<i32>,
    /// Seconds after which the registry is read anew; 0 reads it for each request.
    #[serde(rename = "registryTTLSeconds")]
    #[cfg_attr(feature = "schema", schemars(range(min = 0)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub registry_ttl_seconds: Option<i32>,
    /// Simultaneous clients of one worker, at least 1. Feast's default: 1000.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_connections: Option<i32>,
    /// Worker processes; -1 takes twice the CPUs plus one. Feast's default: 1.
    #[cfg_attr(feature = "schema", schemars(range(min = -1)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub workers: Option<i32>,
}

string_enum! {
    /// Level of a server's log.
    pub enum LogLevel {
        /// Everything.
        Debug = "debug",
        /// What happens.
        Info = "info",
        /// What may be wrong.
        Warning = "warning",
        /// What is wrong.
        Error = "error",
        /// What ends the server.
        Critical = "critical",
    }
}
