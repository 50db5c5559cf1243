//! How OpenShift exposes the user interface.

use serde::Serialize;

use super::custom::custom_object;
use crate::context::Context;
use crate::error::{Error, Stage};
use crate::server::ServerType;

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

pub(crate) fn route(context: &Context<'_>) -> Result<Option<Route>, Error> {
    let server = context
        .server(ServerType::Ui)
        .filter(|_| context.openshift());
    let Some(server) = server else {
        return Ok(None);
    };
    let name = context.names.of_type(server.kind.name());
    let labels = context.names.typed_labels(server.kind.name());
    let route = Route {
        metadata: context.metadata(&name, labels),
        spec: RouteSpec {
            to: RouteTarget {
                kind: "Service".to_owned(),
                name,
            },
            port: RoutePort {
                target_port: server.port(),
            },
            tls: server.tls.is_some().then(|| RouteTls {
                termination: "reencrypt".to_owned(),
                insecure_edge_termination_policy: "Redirect".to_owned(),
            }),
        },
    };
    context.claim(Stage::Route, route).map(Some)
}
