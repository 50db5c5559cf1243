//! Other FeatureStores in the input, and references to them.

use serde_json::Value;

use crate::context::Context;

/// A FeatureStore as written in the input.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Neighbour<'a> {
    pub(crate) name: &'a str,
    pub(crate) namespace: &'a str,
    spec: &'a Value,
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
    /// The location for a FeatureStore with this `spec.services.registry`, in JSON; its own, unless it
    /// refers to another.
    ///
    /// ```
    /// use feast_lint::Registry;
    /// use serde_json::json;
    ///
    /// let host = "feast-shared-registry.platform.svc.cluster.local:80";
    /// let registry = json!({ "remote": { "hostname": host } });
    /// let shared = Registry::Of("platform".into(), "shared".into());
    /// assert_eq!(Registry::of(&registry, "ml", "shop"), shared);
    /// ```
    pub fn of(registry: &Value, namespace: &str, name: &str) -> Self {
        let remote = &registry["remote"];
        let reference = &remote["feastRef"];
        if let Some(name) = reference["name"].as_str() {
            let namespace = reference["namespace"].as_str().unwrap_or(namespace);
            return Self::Of(namespace.to_owned(), name.to_owned());
        }
        match remote["hostname"].as_str() {
            Some(host) => match ServiceHost::of(host) {
                Some(host) => Self::Of(host.namespace.to_owned(), host.store.to_owned()),
                None => Self::At(host.to_lowercase()),
            },
            None => Self::Of(namespace.to_owned(), name.to_owned()),
        }
    }
}

/// The other FeatureStores in the input.
pub(crate) fn neighbours<'a>(cx: &Context<'a>) -> impl Iterator<Item = Neighbour<'a>> {
    let others = cx.subject.others.iter();
    others.filter_map(|other| Neighbour::of(other, cx.namespace()))
}

impl<'a> Neighbour<'a> {
    fn of(object: &'a Value, namespace: &'a str) -> Option<Self> {
        if object["kind"] != "FeatureStore" {
            return None;
        }
        let metadata = &object["metadata"];
        Some(Self {
            name: metadata["name"].as_str()?,
            namespace: metadata["namespace"].as_str().unwrap_or(namespace),
            spec: &object["spec"],
        })
    }

    /// The FeatureStore being checked.
    pub(crate) fn own(cx: &'a Context<'_>) -> Self {
        Self {
            name: cx.name(),
            namespace: cx.namespace(),
            spec: &cx.json()["spec"],
        }
    }

    /// As `namespace/name`.
    pub(crate) fn title(&self) -> String {
        format!("{}/{}", self.namespace, self.name)
    }

    pub(crate) fn project(&self) -> Option<&'a str> {
        self.spec["feastProject"].as_str()
    }

    /// Whether every pod start applies its feature repository.
    pub(crate) fn applies_at_start(&self) -> bool {
        let services = &self.spec["services"];
        services["runFeastApplyOnInit"] != false && services["disableInitContainers"] != true
    }

    /// Its local registry server, if it has one.
    pub(crate) fn registry_server(&self) -> Option<&'a Value> {
        let server = &self.spec["services"]["registry"]["local"]["server"];
        server.is_object().then_some(server)
    }

    /// The port of its registry's Service, if it serves the registry over gRPC.
    pub(crate) fn registry_port(&self) -> Option<u16> {
        let server = self
            .registry_server()
            .filter(|server| server["grpc"] != false)?;
        let tls = &server["tls"];
        let has_tls = tls.is_object() && tls["disable"] != true;
        Some(if has_tls { 443 } else { 80 })
    }

    /// The location of its registry.
    pub(crate) fn registry(&self) -> Registry {
        let registry = &self.spec["services"]["registry"];
        Registry::of(registry, self.namespace, self.name)
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
