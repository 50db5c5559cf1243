//! How Prometheus finds the metrics of the online server.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Serialize;

use super::custom::custom_object;
use crate::context::Context;
use crate::server::{METRICS, ServerType};

custom_object! {
    /// A `monitoring.coreos.com/v1` ServiceMonitor, as far as the metrics need it.
    pub struct ServiceMonitor(ServiceMonitorSpec) =
        "monitoring.coreos.com" / "v1" "servicemonitors";
}

/// What a [`ServiceMonitor`] asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ServiceMonitorSpec {
    /// Where the metrics are.
    pub endpoints: Vec<Endpoint>,
    /// Which Services have them.
    pub selector: LabelSelector,
}

/// Where a Service has metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Endpoint {
    /// Name of the port.
    pub port: String,
    /// Path on it.
    pub path: String,
}

pub(crate) fn service_monitor(context: &Context<'_>) -> Option<ServiceMonitor> {
    let server = context
        .server(ServerType::Online)
        .filter(|server| server.metrics)?;
    if !context.inputs.platform().service_monitor {
        return None;
    }
    let service_type = server.kind.name();
    let labels = context.names.typed_labels(service_type);
    Some(ServiceMonitor {
        metadata: context.metadata(context.names.of_type(service_type), labels),
        spec: ServiceMonitorSpec {
            endpoints: vec![Endpoint {
                port: METRICS.to_owned(),
                path: "/metrics".to_owned(),
            }],
            selector: LabelSelector {
                match_labels: Some(context.names.typed_selector(service_type)),
                ..LabelSelector::default()
            },
        },
    })
}
