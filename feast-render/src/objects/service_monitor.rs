//! The ServiceMonitor for the metrics of the online server.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use crate::changes::Change;
use crate::context::Context;
use crate::monitoring::{Endpoint, ServiceMonitor, ServiceMonitorSpec};
use crate::server::{METRICS, ServerType};

pub(crate) fn service_monitor(context: &Context<'_>) -> Option<ServiceMonitor> {
    let server = context
        .server(ServerType::Online)
        .filter(|server| server.metrics)?;
    if !(context.inputs.platform().service_monitor && context.has(Change::ServiceMonitors)) {
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
