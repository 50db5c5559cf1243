use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "sqlite-shared-by-replicas",
    group: Group::SharedState,
    level: Level::Deny,
    since: "0.1.0",
    summary: "an SQL registry on SQLite with more than one replica",
    docs: Docs {
        why: "Pods cannot share an SQLite file: each replica has its own registry, and `feast \
              apply` reaches only one of them. The CRD cannot detect this, since the path is in a \
              Secret.",
        sources: &[
            "https://docs.feast.dev/how-to-guides/scaling-feast",
            "https://www.sqlite.org/whentouse.html",
        ],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: sqlite:////feast-data/registry.db
  postgres: |
    host: db
    database: feast
    user: feast
    password: feast
---
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
        instead: "Use a database server.",
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
---
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    if !cx.is_scaling() {
        return;
    }
    for store in cx.stores().filter(|store| store.kind == "sql") {
        if store
            .text("path")
            .is_some_and(|path| path.starts_with("sqlite"))
        {
            out.add(
                store.path(),
                "the registry is an SQLite file, which replicas do not share",
            )
            .related(cx.scaling_path(), "more than one replica")
            .help("use a database server, such as PostgreSQL");
        }
    }
}
