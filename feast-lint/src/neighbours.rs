//! FeatureStores beside the one being checked: their projects, registries and starts.

use feast_api::Admitted;
use feast_api::v1::{
    self, FeatureStoreServices, LocalRegistryConfig, RegistryServerConfigs, RemoteRegistryConfig,
    TlsConfigs,
};
use serde::Deserialize;

/// What lints compare between FeatureStores. It is small: programs keep one of each FeatureStore.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Neighbour {
    namespace: Box<str>,
    name: Box<str>,
    project: Box<str>,
    /// `None` if it is its own.
    registry: Option<Box<Registry>>,
    registry_port: Option<u16>,
    applies_at_start: bool,
}

/// The location of a FeatureStore's registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Registry {
    /// In a FeatureStore, by namespace and name.
    Of(String, String),
    /// On another host.
    At(String),
}

impl Registry {
    /// The registry of a FeatureStore with these services: its own, unless it refers to another.
    pub(crate) fn of(services: Option<&FeatureStoreServices>, namespace: &str, name: &str) -> Self {
        Self::other(services, namespace).unwrap_or_else(|| Self::own(namespace, name))
    }

    fn own(namespace: &str, name: &str) -> Self {
        Self::Of(namespace.to_owned(), name.to_owned())
    }

    /// The registry to which these services refer.
    fn other(services: Option<&FeatureStoreServices>, namespace: &str) -> Option<Self> {
        let remote = services?.remote_registry()?;
        if let Some(reference) = &remote.feast_ref {
            let namespace = reference.namespace.as_deref().unwrap_or(namespace);
            return Some(Self::Of(namespace.to_owned(), reference.name.clone()));
        }
        let host = remote.hostname.as_deref()?;
        Some(match ServiceHost::of(host) {
            Some(host) => Self::Of(host.namespace.to_owned(), host.store.to_owned()),
            None => Self::At(host.to_lowercase()),
        })
    }
}

/// Whether every pod start of a FeatureStore with these services applies its feature repository.
pub(crate) fn applies_at_start(services: Option<&FeatureStoreServices>) -> bool {
    services.is_none_or(|services| {
        services.run_feast_apply_on_init != Some(false) && services.has_init_containers()
    })
}

/// The port of the registry's Service, if it serves the registry over gRPC.
pub(crate) fn registry_port(services: Option<&FeatureStoreServices>) -> Option<u16> {
    let server = services?
        .registry_server()
        .filter(|server| server.serves_grpc())?;
    let tls = server.tls.as_ref();
    let has_tls = tls.is_some_and(TlsConfigs::is_enabled);
    Some(if has_tls { 443 } else { 80 })
}

/// The compared fields of a spec.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    feast_project: String,
    services: Option<Services>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Services {
    registry: Option<RegistryServices>,
    run_feast_apply_on_init: Option<bool>,
    disable_init_containers: Option<bool>,
}

#[derive(Deserialize)]
struct RegistryServices {
    local: Option<Local>,
    remote: Option<RemoteRegistryConfig>,
}

#[derive(Deserialize)]
struct Local {
    server: Option<Server>,
}

#[derive(Deserialize)]
struct Server {
    grpc: Option<bool>,
    tls: Option<TlsConfigs>,
}

impl Services {
    fn complete(self) -> FeatureStoreServices {
        let server = |Server { grpc, tls }| RegistryServerConfigs {
            grpc,
            tls,
            ..RegistryServerConfigs::default()
        };
        let local = |local: Local| LocalRegistryConfig {
            server: local.server.map(server),
            ..LocalRegistryConfig::default()
        };
        let registry = |registry: RegistryServices| v1::Registry {
            local: registry.local.map(local),
            remote: registry.remote,
        };
        FeatureStoreServices {
            registry: self.registry.map(registry),
            run_feast_apply_on_init: self.run_feast_apply_on_init,
            disable_init_containers: self.disable_init_containers,
            ..FeatureStoreServices::default()
        }
    }
}

impl Neighbour {
    /// What lints compare of a FeatureStore.
    ///
    /// ```
    /// use feast_api::Admitted;
    /// use feast_api::v1::FeatureStore;
    /// use feast_lint::{Neighbour, Registry};
    ///
    /// let shop = FeatureStore::from_json(br#"{
    ///     "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
    ///     "metadata": {"name": "shop", "namespace": "ml"},
    ///     "spec": {"feastProject": "shop", "services": {"registry": {"remote": {
    ///         "hostname": "feast-shared-registry.platform.svc.cluster.local:80"
    ///     }}}}
    /// }"#)?;
    /// let shop = Neighbour::of(&Admitted::assume(shop)?);
    /// assert_eq!(shop.registry(), Registry::Of("platform".into(), "shared".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn of(store: &Admitted) -> Self {
        let (spec, place) = (&store.spec, (store.namespace(), store.name()));
        Self::new(place, &spec.feast_project, spec.services.as_ref())
    }

    /// The same for a FeatureStore with this `spec` in JSON, admitted or not. Other fields are not read.
    ///
    /// # Errors
    ///
    /// A compared field is missing or has a wrong type.
    pub fn from_spec(json: &str, namespace: &str, name: &str) -> Result<Self, serde_json::Error> {
        let spec: Spec = serde_json::from_str(json)?;
        let services = spec.services.map(Services::complete);
        let place = (namespace, name);
        Ok(Self::new(place, &spec.feast_project, services.as_ref()))
    }

    fn new(
        (namespace, name): (&str, &str),
        project: &str,
        services: Option<&FeatureStoreServices>,
    ) -> Self {
        Self {
            registry: Registry::other(services, namespace).map(Box::new),
            registry_port: registry_port(services),
            applies_at_start: applies_at_start(services),
            namespace: namespace.into(),
            name: name.into(),
            project: project.into(),
        }
    }

    /// The namespace of the FeatureStore.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The name of the FeatureStore.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its `feastProject`.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// The location of its registry.
    pub fn registry(&self) -> Registry {
        let own = || Registry::own(&self.namespace, &self.name);
        self.registry.as_deref().cloned().unwrap_or_else(own)
    }

    /// As `namespace/name`.
    pub(crate) fn title(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    /// Whether every pod start applies its feature repository.
    pub(crate) fn applies_at_start(&self) -> bool {
        self.applies_at_start
    }

    /// The port of its registry's Service, if it serves the registry over gRPC.
    pub(crate) fn registry_port(&self) -> Option<u16> {
        self.registry_port
    }
}

/// The host and port of a registry's Service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ServiceHost<'a> {
    /// The FeatureStore's name.
    pub(crate) store: &'a str,
    pub(crate) namespace: &'a str,
    pub(crate) port: Option<u16>,
}

impl<'a> ServiceHost<'a> {
    /// Parses `feast-NAME-registry.NAMESPACE.svc.cluster.local:80`.
    pub(crate) fn of(hostname: &'a str) -> Option<Self> {
        let (host, port) = match hostname.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (hostname, None),
        };
        let mut labels = host.split('.');
        let service = labels.next()?;
        let namespace = labels.next()?;
        let is_service = matches!(labels.next(), None | Some("svc"));
        let store = service.strip_prefix("feast-")?.strip_suffix("-registry")?;
        (is_service && !namespace.is_empty()).then_some(Self {
            store,
            namespace,
            port,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_services_are_read() {
        let host = |port| ServiceHost {
            store: "a",
            namespace: "ml",
            port,
        };
        for (hostname, read) in [
            (
                "feast-a-registry.ml.svc.cluster.local:80",
                Some(host(Some(80))),
            ),
            ("feast-a-registry.ml.svc:443", Some(host(Some(443)))),
            ("feast-a-registry.ml", Some(host(None))),
            ("feast-a-registry:80", None),
            ("feast-a-online.ml.svc.cluster.local:80", None),
            ("registry.example.com:80", None),
            ("feast-a-registry.example.com:80", None),
        ] {
            assert_eq!(ServiceHost::of(hostname), read, "{hostname}");
        }
    }
}
