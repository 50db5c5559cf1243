//! The OpenShift Route of the user interface.

use crate::context::Context;
use crate::error::Error;
use crate::openshift::{Route, RoutePort, RouteSpec, RouteTarget, RouteTls};
use crate::server::ServerType;

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
    context.claim(route).map(Some)
}
