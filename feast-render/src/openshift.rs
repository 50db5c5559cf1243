//! The fields of OpenShift's types that FeatureStores need.
//!
//! Exhaustive, so that they can be written as literals with `..Default::default()`.

use serde::Serialize;

use crate::custom::custom_object;

custom_object! {
    /// A `route.openshift.io/v1` Route.
    pub struct Route(RouteSpec) = "route.openshift.io" / "v1" "routes";
}

/// The spec of a [`Route`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RouteSpec {
    /// The Service.
    pub to: RouteTarget,
    /// Its port.
    pub port: RoutePort,
    /// TLS; plain if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<RouteTls>,
}

/// The target of a [`Route`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct RouteTarget {
    /// `Service`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// The target port of a [`Route`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoutePort {
    /// The port of the pod.
    pub target_port: i32,
}

/// TLS of a [`Route`].
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteTls {
    /// The TLS termination: `reencrypt`.
    pub termination: String,
    /// The policy for plain requests: `Redirect`.
    pub insecure_edge_termination_policy: String,
}
