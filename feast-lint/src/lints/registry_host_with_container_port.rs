use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::neighbours::ServiceHost;

pub(crate) static LINT: Lint = Lint {
    name: "registry-host-with-container-port",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a registry with a port that its Service does not have",
    docs: Docs {
        why: "A registry server's Service has port 80, or 443 with TLS. Ports 6570 to 6573 are \
              container ports, on which the Service does not listen.",
        sources: &[
            "https://docs.feast.dev/how-to-guides/feast-operator",
            "https://kubernetes.io/docs/concepts/services-networking/service/",
        ],
        example: r#"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner}
spec:
  feastProject: risk
  services: {registry: {local: {server: {}}}}
---
spec:
  feastProject: credit_scoring
  services: {registry: {remote: {hostname: "feast-owner-registry.ml.svc.cluster.local:6570"}}}
"#,
        instead: "Use the Service's port, or `feastRef`.",
        mended: r#"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner}
spec:
  feastProject: risk
  services: {registry: {local: {server: {}}}}
---
spec:
  feastProject: credit_scoring
  services: {registry: {remote: {hostname: "feast-owner-registry.ml.svc.cluster.local:80"}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let remote = services.and_then(FeatureStoreServices::remote_registry);
    let hostname = remote.and_then(|remote| remote.hostname.as_deref());
    let Some(host) = hostname.and_then(ServiceHost::of) else {
        return;
    };
    let owner = cx.neighbour(host.namespace, host.store);
    // OpenShift enables TLS by default.
    let Some(owner) = owner.filter(|_| !cx.subject.inputs.platform().openshift) else {
        return;
    };
    let Some(offered) = owner.registry_port() else {
        return;
    };
    if let Some(port) = host.port.filter(|port| *port != offered) {
        out.add(
            FieldPath::of("spec.services.registry.remote.hostname"),
            format!(
                "the Service of FeatureStore `{}` has port {offered}, not {port}",
                owner.title()
            ),
        )
        .help(format!("use :{offered}, or refer to it with `feastRef`"));
    }
}
