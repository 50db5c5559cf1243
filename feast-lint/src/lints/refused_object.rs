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
    summary: "any other object that the API server refuses",
    docs: Docs {
        why: "The CRD takes over fields of Kubernetes without all of its checks. What it admits \
              and the API server refuses fails in the operator, whose log and status say so; other \
              objects are made nevertheless.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: every day}
",
        instead: "Mend what the message says.",
        mended: r#"
spec:
  feastProject: credit_scoring
  cronJob: {schedule: "@daily"}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    refused(cx, Cause::Other, out, "see the message of the API server");
}
