use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::references;

pub(crate) static LINT: Lint = Lint {
    name: "reference-to-another-namespace",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a Secret or ConfigMap that the input has only in another namespace",
    docs: Docs {
        why: "A FeatureStore refers to objects in its own namespace. An object of the same name \
              elsewhere is another object, which pods cannot read.",
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
        instead: "Move it to the FeatureStore's namespace.",
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
        .help(format!("move it to the namespace `{own}`"));
    }
}
