use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::sdk::Class;

pub(crate) static LINT: Lint = Lint {
    name: "unknown-store-parameter",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a parameter that a store does not have",
    docs: Docs {
        why: "The configuration classes of Feast forbid parameters that they do not know, and no \
              server starts.",
        sources: &["https://docs.feast.dev/reference/feature-repository/feature-store-yaml"],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  redis: |
    connection_string: redis:6379
    ttl: 60
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
    check,
};

fn check(cx: &Context<'_>, out: &mut Findings) {
    for store in cx.stores() {
        let Some(class) = Class::find(store.block, store.kind).filter(|class| class.is_closed)
        else {
            continue;
        };
        for name in store.parameters.keys() {
            let is_type = matches!(name.as_str(), "type" | "registry_type");
            if !is_type && class.field(name).is_none() {
                out.add(
                    store.path(),
                    format!(
                        "`{}` stores have no parameter `{name}`, and Feast does not start",
                        store.kind
                    ),
                )
                .help("remove it from the Secret, or correct its name");
            }
        }
    }
}
