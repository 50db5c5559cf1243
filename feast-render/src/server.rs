//! The servers of the main Deployment, with settings and ports.

use std::collections::BTreeMap;

pub(crate) use feast_api::v1::ServerType;
use feast_api::v1::{
    FeatureStoreServices, FeatureStoreSpec, LogLevel, PvcConfig, RegistryServerConfigs,
    SecretKeyNames, ServerConfigs, TlsConfigs, WorkerConfigs,
};
use k8s_openapi::api::core::v1::{EnvFromSource, EnvVar, ResourceRequirements, VolumeMount};

use crate::names::Names;

/// Arguments after `feast`.
pub(crate) const fn command(server: ServerType) -> &'static [&'static str] {
    match server {
        ServerType::Registry => &["serve_registry"],
        ServerType::Offline => &["serve_offline", "-h", "0.0.0.0"],
        ServerType::Online => &["serve", "-h", "0.0.0.0"],
        ServerType::Ui => &["ui", "-h", "0.0.0.0"],
    }
}

/// The port that a server listens on.
const fn port(server: ServerType, tls: bool) -> i32 {
    match (server, tls) {
        (ServerType::Registry, false) => 6570,
        (ServerType::Registry, true) => 6571,
        (ServerType::Offline, false) => 8815,
        (ServerType::Offline, true) => 8816,
        (ServerType::Online, false) => 6566,
        (ServerType::Online, true) => 6567,
        (ServerType::Ui, false) => 8888,
        (ServerType::Ui, true) => 8443,
    }
}

/// Name of the volume with the server's certificate.
pub(crate) fn tls_volume(server: ServerType) -> String {
    [server.name(), "-tls"].concat()
}

/// Mount path of the server's certificate.
pub(crate) fn tls_path(server: ServerType) -> String {
    ["/tls/", server.name(), "/"].concat()
}

/// Metrics port of the online server.
pub(crate) const METRICS_PORT: i32 = 8000;
/// Name of the metrics port.
pub(crate) const METRICS: &str = "metrics";
/// Name of the port of the registry's REST API.
pub(crate) const REGISTRY_REST: &str = "registry-rest";

/// The settings that all servers have.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings<'a> {
    pub(crate) env: &'a [EnvVar],
    pub(crate) env_from: &'a [EnvFromSource],
    pub(crate) image: Option<&'a str>,
    pub(crate) image_pull_policy: Option<&'a str>,
    pub(crate) log_level: Option<LogLevel>,
    pub(crate) metrics: bool,
    pub(crate) node_selector: Option<&'a BTreeMap<String, String>>,
    pub(crate) resources: Option<&'a ResourceRequirements>,
    pub(crate) tls: Option<&'a TlsConfigs>,
    pub(crate) volume_mounts: &'a [VolumeMount],
    pub(crate) worker_configs: Option<&'a WorkerConfigs>,
}

impl Settings<'_> {
    /// No settings.
    pub(crate) const NONE: Self = Self {
        env: &[],
        env_from: &[],
        image: None,
        image_pull_policy: None,
        log_level: None,
        metrics: false,
        node_selector: None,
        resources: None,
        tls: None,
        volume_mounts: &[],
        worker_configs: None,
    };
}

macro_rules! settings_from {
    ($config:ty) => {
        impl<'a> From<&'a $config> for Settings<'a> {
            fn from(config: &'a $config) -> Self {
                Self {
                    env: config.env.as_deref().unwrap_or_default(),
                    env_from: config.env_from.as_deref().unwrap_or_default(),
                    image: config.image.as_deref(),
                    image_pull_policy: config.image_pull_policy.as_deref(),
                    log_level: config.log_level,
                    metrics: config.metrics == Some(true),
                    node_selector: config.node_selector.as_ref(),
                    resources: config.resources.as_ref(),
                    tls: config.tls.as_ref(),
                    volume_mounts: config.volume_mounts.as_deref().unwrap_or_default(),
                    worker_configs: config.worker_configs.as_ref(),
                }
            }
        }
    };
}
settings_from!(ServerConfigs);
settings_from!(RegistryServerConfigs);

/// Active TLS: the Secret and its files.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tls<'a> {
    pub(crate) secret: &'a str,
    pub(crate) crt: &'a str,
    pub(crate) key: &'a str,
}

impl<'a> Tls<'a> {
    /// TLS is active if it has a Secret and is not disabled.
    pub(crate) fn in_force(tls: Option<&'a TlsConfigs>) -> Option<Self> {
        let tls = tls.filter(|tls| tls.is_enabled())?;
        let secret = tls.secret_ref.as_ref()?;
        let names = tls.secret_key_names.as_ref();
        let file = |name: fn(&SecretKeyNames) -> &Option<String>, default| {
            let given = names.and_then(|names| name(names).as_deref());
            given.filter(|name| !name.is_empty()).unwrap_or(default)
        };
        Some(Self {
            secret: &secret.name,
            crt: file(|names| &names.tls_crt, TLS_CRT),
            key: file(|names| &names.tls_key, TLS_KEY),
        })
    }
}

/// The default file of the certificate.
pub(crate) const TLS_CRT: &str = "tls.crt";
/// The default file of the private key.
pub(crate) const TLS_KEY: &str = "tls.key";

/// A server that runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Server<'a> {
    pub(crate) kind: ServerType,
    pub(crate) settings: Settings<'a>,
    pub(crate) tls: Option<Tls<'a>>,
    /// Whether it serves its own protocol; only a registry can disable it, by disabling gRPC.
    pub(crate) grpc: bool,
    /// Whether it also serves a REST API; only a registry can.
    pub(crate) rest: bool,
    /// Whether it serves metrics; only the online server can.
    pub(crate) metrics: bool,
}

impl<'a> Server<'a> {
    /// The servers of a spec with defaults, in order.
    pub(crate) fn all(applied: &'a FeatureStoreSpec) -> Vec<Self> {
        let Some(services) = &applied.services else {
            return Vec::new();
        };
        let servers = applied.servers();
        servers
            .filter_map(|server_type| Self::of(services, server_type))
            .collect()
    }

    /// A server, if it runs.
    fn of(services: &'a FeatureStoreServices, server_type: ServerType) -> Option<Self> {
        match server_type {
            ServerType::Registry => {
                let server = services.registry_server()?;
                let plain = Self::new(server_type, server.into());
                let grpc = server.serves_grpc();
                Some(Self {
                    grpc,
                    rest: server.rest_api == Some(true),
                    ..plain
                })
            }
            ServerType::Offline => {
                let server = services.offline_store.as_ref()?.server.as_ref()?;
                Some(Self::new(server_type, server.into()))
            }
            ServerType::Online => {
                let store = services.online_store.as_ref()?;
                let plain = Self::new(server_type, store.server.as_ref()?.into());
                let metrics = store
                    .serving
                    .as_ref()
                    .and_then(|serving| serving.metrics.as_ref());
                let metrics =
                    plain.settings.metrics || metrics.is_some_and(|metrics| metrics.enabled);
                Some(Self { metrics, ..plain })
            }
            ServerType::Ui => Some(Self::new(server_type, services.ui.as_ref()?.into())),
        }
    }

    fn new(kind: ServerType, settings: Settings<'a>) -> Self {
        let tls = Tls::in_force(settings.tls);
        Self {
            kind,
            settings,
            tls,
            grpc: true,
            rest: false,
            metrics: false,
        }
    }

    /// The port of its own protocol.
    pub(crate) fn port(&self) -> i32 {
        port(self.kind, self.tls.is_some())
    }

    /// The port of the REST API.
    pub(crate) fn rest_port(&self) -> i32 {
        if self.tls.is_some() { 6573 } else { 6572 }
    }

    /// The Service for which a serving certificate is issued.
    pub(crate) fn certified_service(&self, names: &Names<'_>) -> String {
        if self.grpc {
            names.of_type(self.kind.name())
        } else {
            names.registry_rest()
        }
    }
}

/// Scheme and port of a Service.
pub(crate) const fn scheme(tls: bool) -> (&'static str, i32) {
    if tls { ("https", 443) } else { ("http", 80) }
}

/// The volume claim of a store, even if the store is disabled.
pub(crate) fn pvc(services: &FeatureStoreServices, server_type: ServerType) -> Option<&PvcConfig> {
    match server_type {
        ServerType::Registry => services.local_registry()?.pvc(),
        ServerType::Offline => services.offline_store.as_ref()?.pvc(),
        ServerType::Online => services.online_store.as_ref()?.pvc(),
        ServerType::Ui => None,
    }
}
