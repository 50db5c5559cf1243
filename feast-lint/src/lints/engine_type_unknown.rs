use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::sdk;

pub(crate) static LINT: Lint = Lint {
    name: "engine-type-unknown",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a batch engine of an unknown type",
    docs: Docs {
        why: "The operator copies the type to `feature_store.yaml` unchecked. Feast accepts a \
              list of types, and paths of classes whose name ends in `Engine`; with any other \
              type no server starts.",
        sources: &[
            "https://docs.feast.dev/reference/compute-engine",
            "https://github.com/feast-dev/feast/blob/v0.66.0/sdk/python/feast/repo_config.py",
        ],
        example: r"
apiVersion: v1
kind: ConfigMap
metadata: {name: engine}
data:
  config: |
    type: spark
---
spec:
  feastProject: credit_scoring
  batchEngine: {configMapRef: {name: engine}}
",
        instead: "Use one of Feast's types.",
        mended: r"
apiVersion: v1
kind: ConfigMap
metadata: {name: engine}
data:
  config: |
    type: spark.engine
---
spec:
  feastProject: credit_scoring
  batchEngine: {configMapRef: {name: engine}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(engine) = cx.engine() else {
        return;
    };
    // The type is not shown: a malformed ConfigMap may contain anything.
    if sdk::is_engine(engine.kind) {
        return;
    }
    let types: Vec<_> = sdk::types(engine.block).collect();
    let likeness = |kind: &str| strsim::jaro_winkler(kind, engine.kind);
    let nearest = types
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
    let help = match nearest.filter(|kind| likeness(kind) > 0.8) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("use one of {}", types.join(", ")),
    };
    let message = "Feast has no batch engine of this `type`, and no server starts";
    out.add(engine.path(), message).help(help);
}
