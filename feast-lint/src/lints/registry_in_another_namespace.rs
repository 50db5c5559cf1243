use apimachinery::FieldPath;
use feast_api::v1::FeatureStoreServices;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::neighbours::Registry;

pub(crate) static LINT: Lint = Lint {
    name: "registry-in-another-namespace",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a reference to a FeatureStore's registry with the wrong namespace",
    docs: Docs {
        why: "`feastRef` without a namespace refers to the same namespace, and a Service's host \
              name contains its namespace. The operator waits for a FeatureStore that does not \
              exist.",
        sources: &[
            "https://docs.feast.dev/how-to-guides/feast-operator",
            "https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
        ],
        example: r"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner, namespace: platform}
spec:
  feastProject: risk
  services: {registry: {local: {server: {}}}}
---
spec:
  feastProject: credit_scoring
  services: {registry: {remote: {feastRef: {name: owner}}}}
",
        instead: "Set the namespace.",
        mended: r"
kind: FeatureStore
apiVersion: feast.dev/v1
metadata: {name: owner, namespace: platform}
spec:
  feastProject: risk
  services: {registry: {local: {server: {}}}}
---
spec:
  feastProject: credit_scoring
  services: {registry: {remote: {feastRef: {name: owner, namespace: platform}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let remote = services.and_then(FeatureStoreServices::remote_registry);
    let Some(remote) = remote else {
        return;
    };
    let Registry::Of(namespace, name) = cx.registry() else {
        return;
    };
    let is_given = cx.subject.inputs.referenced().is_some();
    let neighbours = cx.subject.neighbours.iter();
    let mut namesakes = neighbours.filter(|other| other.name() == name);
    let is_given = is_given || cx.neighbour(&namespace, &name).is_some();
    let (Some(other), false) = (namesakes.next(), is_given) else {
        return;
    };
    let path = FieldPath::of("spec.services.registry.remote");
    let (path, help) = match &remote.feast_ref {
        Some(_) => (path.field("feastRef"), "set `feastRef.namespace`"),
        None => (
            path.field("hostname"),
            "correct the namespace in the host name",
        ),
    };
    out.add(
        path,
        format!(
            "there is no FeatureStore `{namespace}/{name}` in the input, but `{}`",
            other.title()
        ),
    )
    .help(help);
}
