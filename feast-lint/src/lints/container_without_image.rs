use crate::context::Context;
use crate::finding::Findings;
use crate::foreseen::refused;
use crate::lint::{Docs, Group, Level, Lint};
use crate::refusals::Cause;

pub(crate) static LINT: Lint = Lint {
    name: "container-without-image",
    group: Group::Refused,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a container without an image",
    docs: Docs {
        why: "An empty image is omitted from the container, and the API server rejects a \
              Deployment with a container without an image.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
        ],
        example: r#"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {server: {image: ""}}}
"#,
        instead: "Set an image, or remove the field to use the default.",
        mended: r"
spec:
  feastProject: credit_scoring
  services: {onlineStore: {server: {}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    refused(
        cx,
        Cause::Image,
        out,
        "set an image, or remove the empty one",
    );
}
