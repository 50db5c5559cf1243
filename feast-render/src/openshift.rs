//! Types of OpenShift, as far as a FeatureStore needs them.
//!
//! They are exhaustive: users read them, and write them as literals with `..Default::default()`.

use serde::Serialize;

use crate::custom::custom_object;

custom_object! {
    /// A `route.openshift.io/v1` Route, as far as the user interface needs it.
    pub struct Route(RouteSpec) = "route.openshift.io" / "v1" "routes";
}

/// What a [`Route`] asks for.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RouteSpec {
    /// The Service.
    pub to: RouteTarget,
    /// Its port.
    pub port: RoutePort,
    /// How it is encrypted; not at all if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<RouteTls>,
}

/// Where a [`Route`] leads to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RouteTarget {
    /// `Service`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// Which port a [`Route`] leads to.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutePort {
    /// The port of the pod.
    pub target_port: i32,
}

/// How a [`Route`] is encrypted.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteTls {
    /// Where encryption ends: `reencrypt`.
    pub termination: String,
    /// What happens to plain requests: `Redirect`.
    pub insecure_edge_termination_policy: String,
}
