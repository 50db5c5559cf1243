use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::references;

pub(crate) static LINT: Lint = Lint {
    name: "reference-to-another-namespace",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a Secret or ConfigMap that the input has in another namespace only",
    docs: Docs {
        why: "A FeatureStore refers to objects of its own namespace; one of the same name \
              elsewhere is another object, and pods cannot read it.",
        sources: &[
            "https://kubernetes.io/docs/concepts/configuration/secret/#restriction-secret-must-be-in-the-same-namespace",
        ],
        example: r#"
apiVersion: v1
kind: Secret
metadata: {name: stores, namespace: platform}
stringData: {redis: "connection_string: redis:6379"}
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: redis, secretRef: {name: stores}}}}
"#,
        instead: "Put it into the namespace of the FeatureStore.",
        mended: r#"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData: {redis: "connection_string: redis:6379"}
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: redis, secretRef: {name: stores}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for reference in references::missing(cx) {
        let (kind, name) = (reference.kind, reference.name);
        let mut others = references::of_kind(cx, kind);
        let Some((namespace, _)) = others.find(|(_, other)| *other == name) else {
            continue;
        };
        let own = cx.namespace();
        out.add(
            reference.path,
            format!("the {kind} `{name}` of the input is in `{namespace}`, not in `{own}`"),
        )
        .help(format!("put it into the namespace `{own}`"));
    }
}
