use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "no-security-context",
    group: Group::Hygiene,
    level: Level::Allow,
    since: "0.1.0",
    summary: "servers without a security context",
    docs: Docs {
        why: "Nothing prevents the servers from running as root, and a namespace that enforces \
              the Pod Security Standard `restricted` rejects their pods.",
        sources: &["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
        example: r"
spec:
  feastProject: credit_scoring
",
        instead: "Set `services.securityContext`.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let context = cx
        .services()
        .and_then(|services| services.security_context.as_ref());
    if context.and_then(|context| context.run_as_non_root) != Some(true) {
        let path = FieldPath::of("spec.services.securityContext");
        out.add(path, "nothing prevents the servers from running as root")
            .help("set `runAsNonRoot: true` and `seccompProfile: {type: RuntimeDefault}`");
    }
}
