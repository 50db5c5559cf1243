use apimachinery::FieldPath;
use feast_render::Correction;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "lineage-server-without-registry-server",
    group: Group::Operation,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a lineage server whose registry has no Service",
    docs: Docs {
        why: "The lineage server's document sets the registry to port 6570 of the local registry \
              server's Service. The Service only has port 80 or 443, and without a registry \
              server there is no Service. Everything that needs the registry, such as \
              permissions, fails.",
        sources: &["https://docs.feast.dev/reference/openlineage"],
        example: r"
spec:
  feastProject: credit_scoring
  openlineage:
    enabled: true
    consumer: {enabled: true, connectionStringSecretRef: {name: lineage}, lineageServer: {}}
  services:
    registry: {local: {server: {}, persistence: {store: {type: sql, secretRef: {name: stores}}}}}
",
        instead: "Use a remote registry by its address, or a local registry server and a \
                  corrected operator.",
        mended: r#"
spec:
  feastProject: credit_scoring
  openlineage:
    enabled: true
    consumer: {enabled: true, connectionStringSecretRef: {name: lineage}, lineageServer: {}}
  services:
    registry: {remote: {hostname: "registry.ml.svc.cluster.local:80"}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    if cx.lineage_server().is_none() {
        return;
    }
    let services = cx.services();
    let is_local = services.is_none_or(|services| services.remote_registry().is_none());
    let has_server = cx.registry_port().is_some();
    let is_mended = has_server && cx.corrects(Correction::LineageRegistryAddress);
    if is_local && !is_mended {
        let path = FieldPath::of("spec.openlineage.consumer.lineageServer");
        out.add(
            path,
            "nothing serves the registry address that the lineage server gets",
        )
        .related(FieldPath::of("spec.services.registry"), "the registry")
        .help("set the registry in `spec.services.registry.remote.hostname`");
    }
}
