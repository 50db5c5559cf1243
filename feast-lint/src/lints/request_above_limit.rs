use crate::context::Context;
use crate::finding::Findings;
use crate::foreseen::refused;
use crate::lint::{Docs, Group, Level, Lint};
use crate::refusals::Cause;

pub(crate) static LINT: Lint = Lint {
    name: "request-above-limit",
    group: Group::Refused,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a container with a request above its limit",
    docs: Docs {
        why: "The API server rejects a request above the limit of the same resource and, for \
              devices, a request that differs from it.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  services:
    onlineStore:
      server: {resources: {requests: {cpu: "2"}, limits: {cpu: "1"}}}
"#,
        instead: "Raise the limit or lower the request.",
        mended: r#"
spec:
  feastProject: credit_scoring
  services:
    onlineStore:
      server: {resources: {requests: {cpu: "1"}, limits: {cpu: "2"}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    refused(
        cx,
        Cause::Request,
        out,
        "raise the limit or lower the request",
    );
}
