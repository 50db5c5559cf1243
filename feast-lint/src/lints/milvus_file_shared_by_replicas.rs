use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "milvus-file-shared-by-replicas",
    group: Group::SharedState,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a Milvus store in a local file with more than one replica",
    docs: Docs {
        why: "With `path`, Feast uses Milvus Lite, a file in the pod: each replica serves only \
              what was written to it.",
        sources: &[
            "https://docs.feast.dev/reference/online-stores/milvus",
            "https://milvus.io/docs/milvus_lite.md",
        ],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: postgresql+psycopg://feast@db/feast
  postgres: |
    host: db
    database: feast
    user: feast
    password: feast
  milvus: |
    path: /feast-data/milvus.db
---
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: milvus, secretRef: {name: stores}}}}
",
        instead: "Use a Milvus server: `host` and `port`.",
        mended: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: postgresql+psycopg://feast@db/feast
  postgres: |
    host: db
    database: feast
    user: feast
    password: feast
  milvus: |
    host: http://milvus
---
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: milvus, secretRef: {name: stores}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    if !cx.is_scaling() {
        return;
    }
    for store in cx.stores().filter(|store| store.kind == "milvus") {
        if store.text("path").is_some_and(|path| !path.is_empty()) {
            out.add(
                store.path(),
                "the online store is a file, which replicas do not share",
            )
            .related(cx.scaling_path(), "more than one replica")
            .help("use a Milvus server: `host` and `port` instead of `path`");
        }
    }
}
