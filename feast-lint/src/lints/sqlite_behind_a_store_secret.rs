use crate::context::{Context, Store};
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "sqlite-behind-a-store-secret",
    group: Group::Persistence,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a database configured in a Secret that is a file on an `emptyDir`",
    docs: Docs {
        why: "An SQL registry on SQLite and a Milvus store with a `path` are files, even under \
              `persistence.store`. Unless the directory is on a persistent volume, they are \
              deleted with the pod, and other pods do not have them.",
        sources: &[
            "https://docs.feast.dev/reference/online-stores/milvus",
            "https://docs.feast.dev/reference/registries/sql",
            "https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
        ],
        example: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: sqlite:////feast-data/registry.db
---
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
        instead: "Use a database server.",
        mended: r"
apiVersion: v1
kind: Secret
metadata: {name: stores}
stringData:
  sql: |
    path: postgresql+psycopg://feast@db/feast
---
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for store in cx.stores() {
        let Some(path) = file(&store) else {
            continue;
        };
        if !is_kept(cx, path) {
            out.add(
                store.path(),
                format!(
                    "this `{}` store is a file on an `emptyDir`, which is deleted with the pod",
                    store.kind
                ),
            )
            .help("use a database server, or put the file on a volume claim");
        }
    }
}

/// The file of a store.
fn file<'a>(store: &Store<'a>) -> Option<&'a str> {
    let path = store.parameters.get("path")?.as_str()?;
    match store.kind {
        "milvus" => (!path.is_empty() && !path.contains("://")).then_some(path),
        "sql" => {
            let rest = path.strip_prefix("sqlite")?;
            let (_, file) = rest.split_once("://")?;
            let file = file.strip_prefix('/').unwrap_or_default();
            Some(file.split_once('?').map_or(file, |(file, _)| file))
        }
        _ => None,
    }
}

/// Whether a file is on a persistent volume.
fn is_kept(cx: &Context<'_>, file: &str) -> bool {
    let services = cx.services();
    let volumes = services.and_then(|services| services.volumes.as_ref());
    let outlives = |name: &str| {
        let mut volumes = volumes.into_iter().flatten();
        volumes.any(|volume| volume.name == name && volume.empty_dir.is_none())
    };
    let servers = cx.servers.iter();
    let mounts = servers.flat_map(|server| server.config.volume_mounts.iter().flatten());
    let mounted = mounts
        .filter(|mount| outlives(&mount.name))
        .map(|mount| mount.mount_path.as_str());
    let claims = cx.claims();
    let claimed = claims.iter().map(|(_, claim)| claim.mount_path.as_str());
    mounted.chain(claimed).any(|folder| {
        let rest = file.strip_prefix(folder.trim_end_matches('/'));
        rest.is_some_and(|rest| rest.starts_with('/'))
    })
}
