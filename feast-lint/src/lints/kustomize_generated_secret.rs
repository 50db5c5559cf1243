use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::references::{self, generated_from};

pub(crate) static LINT: Lint = Lint {
    name: "kustomize-generated-secret",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a Secret or ConfigMap renamed by kustomize, with an outdated reference",
    docs: Docs {
        why: "kustomize appends a hash to the names of objects that it generates, and updates \
              references in the kinds that it knows. It does not know FeatureStores unless \
              configured, so the name in the FeatureStore does not exist.",
        sources: &[
            "https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/secretgenerator/",
            "https://github.com/kubernetes-sigs/kustomize/blob/master/examples/transformerconfigs/README.md",
        ],
        example: r#"
apiVersion: v1
kind: Secret
metadata: {name: stores-5b7t9k2m4h}
stringData: {redis: "connection_string: redis:6379"}
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: redis, secretRef: {name: stores}}}}
"#,
        instead: "Configure kustomize for FeatureStores: `kubectl feast crd --kustomize` prints \
                  the configuration.",
        mended: r#"
apiVersion: v1
kind: Secret
metadata: {name: stores-5b7t9k2m4h}
stringData: {redis: "connection_string: redis:6379"}
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: redis, secretRef: {name: stores-5b7t9k2m4h}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for reference in references::missing(cx) {
        let mut others = references::of_kind(cx, reference.kind);
        let generated = others.find(|(namespace, name)| {
            *namespace == cx.namespace() && generated_from(name) == Some(reference.name)
        });
        let Some((_, generated)) = generated else {
            continue;
        };
        let (kind, name) = (reference.kind, reference.name);
        out.add(
            reference.path,
            format!("the {kind} `{name}` is not in the input, but `{generated}` is"),
        )
        .help("use the configuration that `kubectl feast crd --kustomize` prints");
    }
}
