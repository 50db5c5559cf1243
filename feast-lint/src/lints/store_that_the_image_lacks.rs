use crate::context::Context;
use crate::finding::Findings;
use crate::images::{self, Lacking};
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "store-that-the-image-lacks",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a store whose driver is not in the default image",
    docs: Docs {
        why: "The default image has Feast with the extras aws, duckdb, gcp, k8s, milvus, mysql, \
              postgres, redis and snowflake. With other stores the servers fail with an import \
              error.",
        sources: &[
            "https://github.com/feast-dev/feast/blob/v0.66.0/pyproject.toml",
            "https://github.com/feast-dev/feast/tree/v0.66.0/sdk/python/feast/infra/feature_servers/multicloud",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {store: {type: cassandra, secretRef: {name: stores}}}}
",
        instead: "Build an image with the extra, and use it for servers and init containers.",
        mended: r#"
spec:
  feastProject: credit_scoring
  services:
    initImage: "example.com/feast:0.66.0-cassandra"
    onlineStore: {server: {image: "example.com/feast:0.66.0-cassandra"}, persistence: {store: {type: cassandra, secretRef: {name: stores}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    if !images::servers_run_default(cx) {
        return;
    }
    let lacking = images::lacking(cx).into_iter();
    for store in lacking.filter(|lacking| lacking.block != "batch_engine") {
        let Lacking {
            path, kind, extra, ..
        } = store;
        out.add(
            path,
            format!("the default image lacks the packages of `{kind}` stores"),
        )
        .help(format!(
            "build an image with Feast's extra `{extra}` and set `server.image` and \
             `services.initImage`"
        ));
    }
}
