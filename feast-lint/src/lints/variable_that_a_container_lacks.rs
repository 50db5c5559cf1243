use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::processes;

pub(crate) static LINT: Lint = Lint {
    name: "variable-that-a-container-lacks",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a `${VARIABLE}` in `feature_store.yaml` that a process does not have",
    docs: Docs {
        why: "Each server has its own `env` and `envFrom`; `feast apply` has those of the \
              registry, online and offline servers. Feast expands variables from the process's \
              environment and keeps unknown ones as they are, so the process looks for a host \
              named `${DB_HOST}`. The CronJob's job runs in the first container of the pod.",
        sources: &[
            "https://docs.feast.dev/how-to-guides/structuring-repos#fetching-secrets",
            "https://docs.python.org/3/library/os.path.html#os.path.expandvars",
        ],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: postgresql+psycopg://feast:${DB_PASS}@db/feast
---
apiVersion: v1
kind: Secret
metadata: {name: db-env}
stringData: {DB_PASS: placeholder}
---
spec:
  feastProject: credit_scoring
  services:
    registry:
      local:
        server: {envFrom: [{secretRef: {name: db-env}}]}
        persistence: {store: {type: sql, secretRef: {name: stores}}}
",
        instead: "Set the variable on every server.",
        mended: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: postgresql+psycopg://feast:${DB_PASS}@db/feast
---
apiVersion: v1
kind: Secret
metadata: {name: db-env}
stringData: {DB_PASS: placeholder}
---
spec:
  feastProject: credit_scoring
  services:
    registry:
      local:
        server: {envFrom: [{secretRef: {name: db-env}}]}
        persistence: {store: {type: sql, secretRef: {name: stores}}}
    onlineStore: {server: {envFrom: [{secretRef: {name: db-env}}]}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for process in processes::lacking_variables(cx) {
        let names: Vec<_> = process
            .lacking
            .iter()
            .map(|name| format!("`{name}`"))
            .collect();
        out.add(
            process.path,
            format!(
                "`feature_store.yaml` uses {}, which the container `{}` does not have",
                names.join(", "),
                process.name
            ),
        )
        .help("set it with `env` or `envFrom` of the server, from a Secret");
    }
}
