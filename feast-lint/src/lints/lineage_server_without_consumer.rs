use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "lineage-server-without-consumer",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a lineage server whose consumer is disabled",
    docs: Docs {
        why: "The SDK's server exits at once if the consumer is not enabled. The operator creates \
              it anyway.",
        sources: &["https://docs.feast.dev/reference/openlineage"],
        example: r"
spec:
  feastProject: credit_scoring
  openlineage:
    enabled: true
    consumer: {enabled: false, connectionStringSecretRef: {name: lineage}, lineageServer: {}}
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
        instead: "Enable the consumer, or remove the server.",
        mended: r"
spec:
  feastProject: credit_scoring
  openlineage:
    enabled: true
    consumer: {enabled: true, connectionStringSecretRef: {name: lineage}, lineageServer: {}}
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(consumer) = cx.consumer() else {
        return;
    };
    if consumer.lineage_server.is_some() && !consumer.enabled {
        let path = FieldPath::of("spec.openlineage.consumer.enabled");
        let fix = vec![patch::replace(&path, true)];
        out.add(
            path,
            "the lineage server exits at once because the consumer is disabled",
        )
        .help("enable the consumer, or remove `lineageServer`")
        .fix(fix);
    }
}
