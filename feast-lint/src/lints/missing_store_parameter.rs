use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::sdk::Class;

pub(crate) static LINT: Lint = Lint {
    name: "missing-store-parameter",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a store or batch engine without a required parameter",
    docs: Docs {
        why: "Feast's configuration classes reject a store or batch engine without its required \
              parameters, and no server starts.",
        sources: &["https://docs.feast.dev/reference/feature-repository/feature-store-yaml"],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  bigtable: |
    project_id: x
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: bigtable, secretRef: {name: stores}}}}
",
        instead: "Add it to the Secret.",
        mended: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  bigtable: |
    instance: x
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: bigtable, secretRef: {name: stores}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for store in cx.configured() {
        let class = Class::find(store.block, store.kind);
        let fields = class.into_iter().flat_map(|class| &class.fields);
        for field in fields.filter(|field| field.is_required) {
            if !store.parameters.contains_key(field.name) {
                out.add(
                    store.path(),
                    format!(
                        "`{}` {} need the parameter `{}`",
                        store.kind,
                        store.noun(),
                        field.name
                    ),
                )
                .help(format!("add it to the {}", store.source()));
            }
        }
    }
}
