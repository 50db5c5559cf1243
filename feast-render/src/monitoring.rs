//! Types of the Prometheus operator, as far as a FeatureStore needs them.
//!
//! They are exhaustive: users read them, and write them as literals with `..Default::default()`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde::Serialize;

use crate::custom::custom_object;

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
