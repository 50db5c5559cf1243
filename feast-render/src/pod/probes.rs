//! Probes of the servers.

use k8s_openapi::api::core::v1::{Container, HTTPGetAction, Probe, TCPSocketAction};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use crate::server::{Server, ServerType};

/// Sets the probes of a server, which has two minutes to start.
pub(super) fn set(container: &mut Container, server: &Server<'_>) {
    let handler = handler(server);
    container.startup_probe = Some(Probe {
        period_seconds: Some(3),
        failure_threshold: Some(40),
        ..handler.clone()
    });
    container.liveness_probe = Some(Probe {
        period_seconds: Some(20),
        failure_threshold: Some(6),
        ..handler.clone()
    });
    container.readiness_probe = Some(Probe {
        period_seconds: Some(10),
        ..handler
    });
}

fn handler(server: &Server<'_>) -> Probe {
    match server.kind {
        ServerType::Online => http(server, Some("/health"), server.port()),
        ServerType::Registry if !server.grpc => http(server, None, server.rest_port()),
        _ => tcp(server.port()),
    }
}

fn http(server: &Server<'_>, path: Option<&str>, port: i32) -> Probe {
    Probe {
        http_get: Some(HTTPGetAction {
            path: path.map(str::to_owned),
            port: IntOrString::Int(port),
            scheme: server.tls.is_some().then(|| "HTTPS".to_owned()),
            ..HTTPGetAction::default()
        }),
        ..Probe::default()
    }
}

/// Whether the port accepts connections.
pub(crate) fn tcp(port: i32) -> Probe {
    Probe {
        tcp_socket: Some(TCPSocketAction {
            port: IntOrString::Int(port),
            ..TCPSocketAction::default()
        }),
        ..Probe::default()
    }
}
