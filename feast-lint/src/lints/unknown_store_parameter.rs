use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::sdk::{self, Class};

pub(crate) static LINT: Lint = Lint {
    name: "unknown-store-parameter",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a parameter that a store does not have",
    docs: Docs {
        why: "Feast's configuration classes reject unknown parameters, and no server starts.",
        sources: &["https://docs.feast.dev/reference/feature-repository/feature-store-yaml"],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  redis: |
    connection_string: redis:6379
    ttl_seconds: 60
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: redis, secretRef: {name: stores}}}}
",
        instead: "Remove or rename it.",
        mended: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  redis: |
    connection_string: redis:6379
    key_ttl_seconds: 60
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: redis, secretRef: {name: stores}}}}
",
    },
};

/// Names that no store has are not shown: a malformed Secret may contain anything.
pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for store in cx.configured() {
        let kind = store.kind;
        let Some(class) = Class::find(store.block, kind).filter(|class| class.is_closed) else {
            continue;
        };
        for name in store.parameters.keys() {
            if matches!(name.as_str(), "type" | "registry_type") || class.field(name).is_some() {
                continue;
            }
            let what = if sdk::is_parameter(name) {
                format!("the parameter `{name}`")
            } else {
                format!("a parameter of the {}", store.source())
            };
            let message = format!(
                "`{kind}` {} do not have {what}, and Feast does not start",
                store.noun()
            );
            let help = match class.nearest(name) {
                Some(nearest) => format!("did you mean `{nearest}`?"),
                None => format!("remove it from the {}", store.source()),
            };
            out.add(store.path(), message).help(help);
        }
    }
}
