use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "lineage-server-without-database",
    group: Group::Impossible,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a lineage server without a connection string",
    docs: Docs {
        why: "The operator falls back to the SQL registry, but the lineage server's document has \
              a remote registry, whose address the SDK then takes for the database: `Could not \
              parse SQLAlchemy URL`.",
        sources: &["https://docs.feast.dev/reference/openlineage"],
        example: r"
spec:
  feastProject: credit_scoring
  openlineage:
    enabled: true
    consumer: {enabled: true, lineageServer: {}}
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
        instead: "Set `connectionStringSecretRef`.",
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
    if consumer.lineage_server.is_some() && consumer.connection_string_secret_ref.is_none() {
        let path = FieldPath::of("spec.openlineage.consumer.connectionStringSecretRef");
        out.add(path, "the lineage server has no database")
            .help("set a Secret whose key `connection_string` has the URL of a database");
    }
}
