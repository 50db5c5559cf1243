//! The fields of the Prometheus operator's types that FeatureStores need.
//!
//! Exhaustive, so that they can be written as literals with `..Default::default()`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Serialize;

use crate::custom::custom_object;

custom_object! {
    /// A `monitoring.coreos.com/v1` ServiceMonitor.
    pub struct ServiceMonitor(ServiceMonitorSpec) =
        "monitoring.coreos.com" / "v1" "servicemonitors";
}

/// The spec of a [`ServiceMonitor`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ServiceMonitorSpec {
    /// The endpoints with metrics.
    pub endpoints: Vec<Endpoint>,
    /// Selects the Services.
    pub selector: LabelSelector,
}

/// An endpoint with metrics.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Endpoint {
    /// Name of the port.
    pub port: String,
    /// Path of the metrics.
    pub path: String,
}
