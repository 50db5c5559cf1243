use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::sdk::Class;

pub(crate) static LINT: Lint = Lint {
    name: "mistyped-store-parameter",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a store parameter of the wrong type",
    docs: Docs {
        why: "Feast's configuration classes reject it, and no server starts. A number is not a \
              string: put it in quotes.",
        sources: &["https://docs.feast.dev/reference/feature-repository/feature-store-yaml"],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  postgres: |
    host: db
    database: feast
    user: feast
    password: 12345
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
        instead: "Use the right type.",
        mended: r#"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  postgres: |
    host: db
    database: feast
    user: feast
    password: "12345"
---
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for store in cx.configured() {
        let Some(class) = Class::find(store.block, store.kind) else {
            continue;
        };
        for (name, value) in store.parameters {
            let Some(fault) = class.field(name).and_then(|field| field.fault(value)) else {
                continue;
            };
            out.add(
                store.path(),
                format!(
                    "the parameter `{name}` of `{}` {} {fault}",
                    store.kind,
                    store.noun()
                ),
            )
            .help(format!(
                "correct it in the {}; quote a number that should be a string",
                store.source()
            ));
        }
    }
}
