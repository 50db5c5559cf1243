use crate::connections::connections;
use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::servers::Server;

pub(crate) static LINT: Lint = Lint {
    name: "too-many-database-connections",
    group: Group::SharedState,
    level: Level::Warn,
    since: "0.1.0",
    summary: "more database connections than the database allows",
    docs: Docs {
        why: "Each process of each replica has its own pool: 15 connections for an SQL registry \
              (SQLAlchemy's 5 and an overflow of 10) and, with `conn_type: pool`, `max_conn` for \
              a PostgreSQL store. With the maximum number of replicas, they exceed the database's \
              limit; PostgreSQL's default is 100. Set your limit with the option \
              `databaseConnections`.",
        sources: &[
            "https://www.postgresql.org/docs/current/runtime-config-connection.html",
            "https://docs.sqlalchemy.org/en/20/core/pooling.html",
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
---
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling: {autoscaling: {minReplicas: 2, maxReplicas: 10}}
",
        instead: "Lower the pool size, the workers or the maximum replicas, or use a connection \
                  pooler.",
        mended: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: postgresql+psycopg://feast@db/feast
    sqlalchemy_config_kwargs: {pool_size: 2, max_overflow: 2}
  postgres: |
    host: db
    database: feast
    user: feast
    password: feast
---
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling: {autoscaling: {minReplicas: 2, maxReplicas: 10}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let (_, replicas) = cx.bounds();
    let replicas = u64::try_from(replicas).unwrap_or_default();
    let processes: u64 = cx.servers.iter().map(Server::processes).sum();
    let budget = u64::from(cx.options.database_connections);
    for store in cx.stores() {
        let Some(pool) = connections(store.kind, store.parameters) else {
            continue;
        };
        let all = replicas.saturating_mul(processes).saturating_mul(pool);
        if pool > 1 && all > budget {
            out.add(
                store.path(),
                format!(
                    "{replicas} replicas may open {all} connections, {pool} per process; \
                     the database allows {budget}"
                ),
            )
            .related(cx.scaling_path(), "the maximum number of replicas")
            .help(
                "lower the pool size, the workers or the maximum replicas, or use a connection \
                   pooler",
            );
        }
    }
}
