use feast_api::v1::TlsConfigs;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::servers::Server;

pub(crate) static LINT: Lint = Lint {
    name: "tls-on-some-servers",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "servers without TLS beside servers with TLS",
    docs: Docs {
        why: "Tokens and features go to both. On Kubernetes, a server has TLS only if it is \
              configured.",
        sources: &["https://docs.feast.dev/how-to-guides/starting-feast-servers-tls-mode"],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {server: {}}}
    onlineStore: {server: {tls: {secretRef: {name: online-tls}}}}
",
        instead: "Configure `tls` on the others, too.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {server: {tls: {secretRef: {name: registry-tls}}}}}
    onlineStore: {server: {tls: {secretRef: {name: online-tls}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    // OpenShift gives all servers certificates.
    if cx.subject.inputs.platform().openshift {
        return;
    }
    let has_tls = |server: &&Server| {
        let tls = server.config.tls.as_ref();
        tls.is_some_and(TlsConfigs::is_enabled)
    };
    let (with, without): (Vec<_>, Vec<_>) = cx.servers.iter().partition(has_tls);
    let Some(first) = with.first() else {
        return;
    };
    for server in without {
        out.add(
            server.path.clone().field("tls"),
            format!("the {} server has no TLS, but others do", server.name),
        )
        .related(first.path.clone().field("tls"), "TLS")
        .help("set `tls.secretRef`");
    }
}
