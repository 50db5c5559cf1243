use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use std::collections::BTreeMap;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "autoscaler-without-requests",
    group: Group::Scaling,
    level: Level::Deny,
    since: "0.1.0",
    summary: "an autoscaler on utilization of containers without requests",
    docs: Docs {
        why: "A target of type `Utilization`, including the default of 80 % CPU, is a percentage \
              of the containers' requests. If one container of the pod has no request for the \
              resource, the autoscaler ignores that metric.",
        sources: &["https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling: {autoscaling: {minReplicas: 2, maxReplicas: 5}}
",
        instead: "Set a request for the resource on every server, or measure one container with a \
                  metric of type `ContainerResource`.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {server: {resources: {requests: {cpu: 500m}}}, persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling: {autoscaling: {minReplicas: 2, maxReplicas: 5}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(autoscaling) = cx.autoscaling() else {
        return;
    };
    let metrics = autoscaling.metrics.as_deref().unwrap_or_default();
    if metrics.is_empty() {
        check_servers(cx, "cpu", None, out);
    }
    for metric in metrics {
        let (name, container, target) = match (&metric.resource, &metric.container_resource) {
            (Some(resource), _) => (&resource.name, None, &resource.target),
            (None, Some(resource)) => (&resource.name, Some(&resource.container), &resource.target),
            (None, None) => continue,
        };
        if target.type_ == "Utilization" {
            check_servers(cx, name, container.map(String::as_str), out);
        }
    }
}

/// A limit implies a request: Kubernetes copies it.
fn check_servers(cx: &Context<'_>, resource: &str, container: Option<&str>, out: &mut Findings) {
    let servers = cx.servers.iter();
    let measured =
        servers.filter(|server| container.is_none_or(|container| container == server.name));
    for server in measured {
        let resources = server.config.resources.as_ref();
        let has = |list: Option<&BTreeMap<String, Quantity>>| {
            list.is_some_and(|list| list.contains_key(resource))
        };
        let requests = resources.and_then(|resources| resources.requests.as_ref());
        let limits = resources.and_then(|resources| resources.limits.as_ref());
        if has(requests) || has(limits) {
            continue;
        }
        let path = server.path.clone().field("resources").field("requests");
        let name = server.name;
        out.add(
            path,
            format!(
                "the autoscaler cannot compute {resource} utilization: container `{name}` has no \
                 {resource} request"
            ),
        )
        .related(cx.scaling_path(), "the autoscaler")
        .help(format!(
            "set `{}.resources.requests.{resource}`",
            server.path
        ));
    }
}
