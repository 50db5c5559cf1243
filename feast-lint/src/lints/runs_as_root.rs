use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "runs-as-root",
    group: Group::Security,
    level: Level::Warn,
    since: "0.1.0",
    summary: "servers that run as root",
    docs: Docs {
        why: "A process that escapes from a container as root is root on the node. The image does \
              not need root: it is built for user 1001.",
        sources: &[
            "https://kubernetes.io/docs/concepts/security/pod-security-standards/",
            "https://github.com/feast-dev/feast/tree/v0.66.0/sdk/python/feast/infra/feature_servers/multicloud",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services: {securityContext: {runAsUser: 0}}
",
        instead: "Use the image's user, or set another one.",
        mended: r"
spec:
  feastProject: credit_scoring
  services: {securityContext: {runAsUser: 1001, runAsNonRoot: true}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let context = services.and_then(|services| services.security_context.as_ref());
    if context.and_then(|context| context.run_as_user) == Some(0) {
        let path = FieldPath::of("spec.services.securityContext.runAsUser");
        out.add(path, "the servers run as root")
            .help("remove `runAsUser`, or set 1001; for volumes set `fsGroup`");
    }
}
