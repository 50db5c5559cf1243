use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::path::FieldPath;

pub(crate) static LINT: Lint = Lint {
    name: "store-that-the-image-lacks",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a store whose driver the default image does not carry",
    docs: Docs {
        why: "The default image has Feast with the extras aws, duckdb, gcp, k8s, milvus, mysql, \
              postgres, redis and snowflake. With a store of another kind the servers end on an \
              import.",
        sources: &["https://pypi.org/project/feast/0.66.0/"],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: cassandra, secretRef: {name: stores}}}}
",
        instead: "Build an image with the extra, and name it.",
        mended: r#"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {server: {image: "example.com/feast:0.66.0-cassandra"}, persistence: {store: {type: cassandra, secretRef: {name: stores}}}}
"#,
    },
    check,
};

/// Kinds of stores that need an extra which the default image lacks.
const LACKING: [&str; 16] = [
    "aerospike",
    "cassandra",
    "clickhouse",
    "couchbase.offline",
    "couchbase.online",
    "elasticsearch",
    "hazelcast",
    "hbase",
    "mongodb",
    "mssql",
    "oracle",
    "qdrant",
    "ray",
    "scylladb",
    "singlestore",
    "spark",
];

fn check(cx: &Context<'_>, out: &mut Findings) {
    let variable = cx
        .subject
        .inputs
        .environment()
        .feature_server_image
        .as_deref();
    let project = cx.spec().feast_project_dir.as_ref();
    let packaged = project.and_then(|project| project.packaged.as_ref());
    let has_own_default = variable.is_some() || packaged.is_some_and(|own| own.image.is_some());
    let servers = cx.servers();
    let uses_default = servers.iter().any(|server| server.config.image.is_none());
    if has_own_default || !uses_default {
        return;
    }
    let Some(services) = cx.services() else {
        return;
    };
    let online = services.online_store.as_ref();
    let online = online.and_then(|store| store.persistence.as_ref()?.store.as_ref());
    let offline = services.offline_store.as_ref();
    let offline = offline.and_then(|store| store.persistence.as_ref()?.store.as_ref());
    let kinds = [
        (
            FieldPath::of("spec.services.onlineStore.persistence.store.type"),
            online.map(|store| store.type_.to_string()),
        ),
        (
            FieldPath::of("spec.services.offlineStore.persistence.store.type"),
            offline.map(|store| store.type_.to_string()),
        ),
    ];
    for (path, kind) in kinds {
        let kind = kind.unwrap_or_default();
        if LACKING.contains(&kind.as_str()) {
            out.add(
                path,
                format!("the default image does not carry what `{kind}` stores need"),
            )
            .help("build an image with it and set `server.image`");
        }
    }
}
