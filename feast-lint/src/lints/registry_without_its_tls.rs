use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::neighbours::{Neighbour, Registry};

pub(crate) static LINT: Lint = Lint {
    name: "registry-without-its-tls",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a reference to another FeatureStore's registry with the wrong TLS setting",
    docs: Docs {
        why: "A registry server with TLS accepts no plain connections, and clients must trust its \
              certificate: `remote.tls` refers to the ConfigMap with the CA. `feastRef` does not \
              copy it from the other FeatureStore.",
        sources: &["https://docs.feast.dev/how-to-guides/starting-feast-servers-tls-mode"],
        example: r#"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner}
spec:
  feastProject: risk
  services: {registry: {local: {server: {tls: {secretRef: {name: certificate}}}}}}
---
spec:
  feastProject: credit_scoring
  services: {registry: {remote: {hostname: "feast-owner-registry.ml.svc.cluster.local:443"}}}
"#,
        instead: "Set the certificate.",
        mended: r#"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner}
spec:
  feastProject: risk
  services: {registry: {local: {server: {tls: {secretRef: {name: certificate}}}}}}
---
spec:
  feastProject: credit_scoring
  services: {registry: {remote: {hostname: "feast-owner-registry.ml.svc.cluster.local:443", tls: {configMapRef: {name: authority}, certName: ca.crt}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let remote = services.and_then(FeatureStoreServices::remote_registry);
    let Some(remote) = remote.filter(|_| !cx.subject.inputs.platform().openshift) else {
        return;
    };
    let Registry::Of(namespace, name) = cx.registry() else {
        return;
    };
    let owner = cx.neighbour(&namespace, &name);
    let Some(port) = owner.and_then(Neighbour::registry_port) else {
        return;
    };
    let path = FieldPath::of("spec.services.registry.remote");
    match (port, &remote.tls) {
        (443, None) => {
            out.add(
                path.field("tls"),
                format!("the registry of FeatureStore `{namespace}/{name}` requires TLS"),
            )
            .help("set the ConfigMap with its CA in `remote.tls`");
        }
        (80, Some(_)) => {
            out.add(
                path.field("tls"),
                format!("the registry of FeatureStore `{namespace}/{name}` has no TLS"),
            )
            .help("remove `remote.tls`, or configure TLS on that server");
        }
        _ => {}
    }
}
