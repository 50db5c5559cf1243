use crate::context::Context;
use crate::finding::Findings;
use crate::images::{self, Lacking};
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "engine-the-image-lacks",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a batch engine whose packages are not in the default image",
    docs: Docs {
        why: "The servers' containers run the batch engine for the CronJob's job. The default \
              image has Feast with the extras aws, duckdb, gcp, k8s, milvus, mysql, postgres, \
              redis and snowflake. With `ray.engine`, `spark.engine` or `flink.engine`, \
              materialization fails with an import error.",
        sources: &[
            "https://docs.feast.dev/reference/compute-engine",
            "https://github.com/feast-dev/feast/blob/v0.66.0/pyproject.toml",
            "https://github.com/feast-dev/feast/tree/v0.66.0/sdk/python/feast/infra/feature_servers/multicloud",
        ],
        example: r"
apiVersion: v1
kind: ConfigMap
metadata: {name: engine}
data:
  config: |
    type: ray.engine
---
spec:
  feastProject: credit_scoring
  batchEngine: {configMapRef: {name: engine}}
",
        instead: "Build an image with the extra, and use it for servers and init containers.",
        mended: r#"
apiVersion: v1
kind: ConfigMap
metadata: {name: engine}
data:
  config: |
    type: ray.engine
---
spec:
  feastProject: credit_scoring
  batchEngine: {configMapRef: {name: engine}}
  services:
    initImage: "example.com/feast:0.66.0-ray"
    onlineStore: {server: {image: "example.com/feast:0.66.0-ray"}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    if !images::servers_run_default(cx) {
        return;
    }
    let lacking = images::lacking(cx).into_iter();
    for engine in lacking.filter(|lacking| lacking.block == "batch_engine") {
        let Lacking {
            path, kind, extra, ..
        } = engine;
        out.add(
            path,
            format!("the default image lacks the packages of the batch engine `{kind}`"),
        )
        .help(format!(
            "build an image with Feast's extra `{extra}` and set `server.image` and \
             `services.initImage`"
        ));
    }
}
