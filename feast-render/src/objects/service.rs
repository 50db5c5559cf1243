//! The Services of the servers.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::config_map::is_managed;
use crate::changes::Change;
use crate::context::Context;
use crate::corrections::Correction;
use crate::error::Error;
use crate::names::{
    SERVING_CERT_ANNOTATION, SERVING_SANS_ANNOTATION, service_host, serving_secret,
};
use crate::object_ref::ObjectRef;
use crate::server::{METRICS, METRICS_PORT, Server, ServerType, scheme};

/// The Services of a server.
pub(crate) fn services(context: &Context<'_>, server: &Server<'_>) -> Result<Vec<Service>, Error> {
    let mut services = Vec::new();
    if server.grpc {
        services.push(context.claim(main_service(context, server))?);
    }
    if server.rest {
        services.push(context.claim(rest_service(context, server))?);
    }
    Ok(services)
}

fn main_service(context: &Context<'_>, server: &Server<'_>) -> Service {
    let name = context.names.of_type(server.kind.name());
    let says_grpc = server.kind == ServerType::Registry && context.has(Change::GrpcAppProtocol);
    let mut ports = vec![ServicePort {
        app_protocol: says_grpc.then(|| "grpc".to_owned()),
        ..scheme_port(server.tls.is_some(), server.port())
    }];
    if server.metrics {
        ports.push(port(METRICS, METRICS_PORT, METRICS_PORT));
    }
    service(context, server, name, ports)
}

fn rest_service(context: &Context<'_>, server: &Server<'_>) -> Service {
    let port = scheme_port(server.tls.is_some(), server.rest_port());
    service(context, server, context.names.registry_rest(), vec![port])
}

fn service(
    context: &Context<'_>,
    server: &Server<'_>,
    name: String,
    ports: Vec<ServicePort>,
) -> Service {
    let annotations = annotations(context, server, &name);
    let labels = context.names.typed_labels(server.kind.name());
    let metadata = ObjectMeta {
        annotations,
        ..context.metadata(name, labels)
    };
    cluster_ip(metadata, context.names.selector(), ports)
}

/// A Service within the cluster.
pub(super) fn cluster_ip(
    metadata: ObjectMeta,
    selector: BTreeMap<String, String>,
    ports: Vec<ServicePort>,
) -> Service {
    Service {
        metadata,
        spec: Some(ServiceSpec {
            type_: Some("ClusterIP".to_owned()),
            selector: Some(selector),
            ports: Some(ports),
            ..ServiceSpec::default()
        }),
        ..Service::default()
    }
}

/// The http or https port.
pub(super) fn scheme_port(tls: bool, target: i32) -> ServicePort {
    let (name, number) = scheme(tls);
    port(name, number, target)
}

fn port(name: &str, port: i32, target: i32) -> ServicePort {
    ServicePort {
        name: Some(name.to_owned()),
        port,
        target_port: Some(IntOrString::Int(target)),
        protocol: Some("TCP".to_owned()),
        ..ServicePort::default()
    }
}

/// The annotation that requests a certificate from OpenShift. The two Services of a registry share
/// one certificate.
fn annotations(
    context: &Context<'_>,
    server: &Server<'_>,
    name: &str,
) -> Option<BTreeMap<String, String>> {
    let mut annotations = stale_annotations(context, name);
    if is_managed(context, server) && server.certified_service(&context.names) == name {
        annotations.insert(SERVING_CERT_ANNOTATION.to_owned(), serving_secret(name));
        if server.rest && server.grpc {
            let hosts = [name, &context.names.registry_rest()]
                .map(|service| service_host(service, context.namespace));
            annotations.insert(SERVING_SANS_ANNOTATION.to_owned(), hosts.join(","));
        }
    }
    Some(annotations).filter(|annotations| !annotations.is_empty())
}

/// Obsolete certificate annotations of the Service; the reference never removes them.
fn stale_annotations(context: &Context<'_>, name: &str) -> BTreeMap<String, String> {
    if context.corrects(Correction::StaleAnnotations) {
        return BTreeMap::new();
    }
    let object = ObjectRef::new::<Service>(Some(context.namespace), name);
    let live = context
        .inputs
        .live()
        .metadata(&object)
        .and_then(|live| live.annotations.as_ref());
    let kept = |(key, _): &(&String, &String)| {
        [SERVING_CERT_ANNOTATION, SERVING_SANS_ANNOTATION].contains(&key.as_str())
    };
    let live = live.into_iter().flatten().filter(kept);
    live.map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}
