use crate::context::Context;
use crate::finding::Findings;
use crate::foreseen::refused;
use crate::lint::{Docs, Group, Level, Lint};
use crate::refusals::Cause;

pub(crate) static LINT: Lint = Lint {
    name: "refused-object",
    group: Group::Refused,
    level: Level::Deny,
    since: "0.1.0",
    summary: "any other object that the API server rejects",
    docs: Docs {
        why: "The CRD copies fields of Kubernetes without all of their validation. If the API \
              server rejects a value that the CRD admits, the operator fails to create the object \
              and reports it in its log and status. It still creates the other objects.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: every day}
",
        instead: "Fix what the message reports.",
        mended: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily"}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    refused(cx, Cause::Other, out, "see the API server's message");
}
