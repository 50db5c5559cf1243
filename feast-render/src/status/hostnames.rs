//! Addresses of the servers inside the cluster.

use feast_api::v1::{FeatureStoreSpec, ServiceHostnames};

use crate::corrections::Correction;
use crate::error::Error;
use crate::inputs::Inputs;
use crate::names::{Names, service_host, types};
use crate::remote;
use crate::server::{Server, ServerType, Tls, scheme};

/// The addresses of a FeatureStore's servers; looks up that of a remote registry.
pub(crate) fn hostnames(
    applied: &FeatureStoreSpec,
    inputs: &Inputs,
) -> Result<ServiceHostnames, Error> {
    let own = own(applied, inputs);
    let Some(remote) = remote::registry(applied) else {
        return Ok(own);
    };
    let registry = match &remote.feast_ref {
        Some(reference) => {
            let referenced = remote::referenced(reference, inputs)?;
            Some(remote::address(referenced)?.to_owned())
        }
        None => remote.hostname.clone(),
    };
    let registry = registry.filter(|address| !address.is_empty());
    Ok(ServiceHostnames { registry, ..own })
}

/// The addresses of a FeatureStore's own servers.
pub(crate) fn own(applied: &FeatureStoreSpec, inputs: &Inputs) -> ServiceHostnames {
    let names = Names::of(inputs.store().name());
    let namespace = inputs.store().namespace();
    let address = |service: &str, tls: bool| {
        let port = scheme(tls).1.to_string();
        Some([&service_host(service, namespace), ":", &port].concat())
    };
    let mut hostnames = ServiceHostnames::default();
    for server in Server::all(applied) {
        let own = address(&names.of_type(server.kind.name()), server.tls.is_some());
        match server.kind {
            ServerType::Offline => hostnames.offline_store = own,
            ServerType::Online => hostnames.online_store = own,
            ServerType::Ui => hostnames.ui = own,
            ServerType::Registry => {
                let corrected = inputs.corrections().contains(Correction::RegistryHostname);
                hostnames.registry = own.filter(|_| server.grpc || !corrected);
                let rest = address(&names.registry_rest(), server.tls.is_some());
                hostnames.registry_rest = rest.filter(|_| server.rest);
            }
        }
    }
    hostnames.lineage =
        lineage(applied).and_then(|tls| address(&names.of_type(types::LINEAGE), tls));
    let corrections = inputs.corrections();
    if remote::registry(applied).is_some()
        && !corrections.contains(Correction::RemoteRegistryHostnames)
    {
        (hostnames.ui, hostnames.lineage) = (None, None);
    }
    hostnames
}

/// Whether the lineage server uses TLS; `None` if there is no lineage server.
fn lineage(applied: &FeatureStoreSpec) -> Option<bool> {
    let server = applied.lineage_server()?.server.as_ref();
    Some(Tls::in_force(server.and_then(|server| server.tls.as_ref())).is_some())
}
