use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::images;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "server-image-not-in-init-containers",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "init containers on the default image, which lacks packages of the servers' image",
    docs: Docs {
        why: "The init containers create the repository and run `feast apply` with \
              `services.initImage`, by default the operator's image, not with the servers' \
              images. If only the servers' image has the packages of a store or batch engine, \
              `feast apply` fails with an import error and the pod never starts.",
        sources: &[
            "https://kubernetes.io/docs/concepts/workloads/pods/init-containers/",
            "https://github.com/feast-dev/feast/blob/v0.66.0/pyproject.toml",
            "https://github.com/feast-dev/feast/tree/v0.66.0/sdk/python/feast/infra/feature_servers/multicloud",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {server: {image: "example.com/feast:0.66.0-cassandra"}, persistence: {store: {type: cassandra, secretRef: {name: stores}}}}
"#,
        instead: "Use the same image for the init containers.",
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
    let mut servers = cx.servers.iter();
    let own = servers.find(|server| server.config.image.is_some());
    let (Some(own), true) = (own, images::init_containers_run_default(cx)) else {
        return;
    };
    let lacking = images::lacking(cx);
    if lacking.is_empty() || !cx.applies_at_start() {
        return;
    }
    for lacking in lacking {
        let kind = lacking.kind;
        out.add(
            FieldPath::of("spec.services.initImage"),
            format!(
                "`feast apply` runs on the default image, which lacks the packages of `{kind}`"
            ),
        )
        .related(
            own.path.clone().field("image"),
            "only the servers run this image",
        )
        .related(lacking.path, "this needs the packages")
        .help("set `services.initImage` to the servers' image");
    }
}
