use crate::context::Context;
use crate::finding::Findings;
use crate::foreseen::refused;
use crate::lint::{Docs, Group, Level, Lint};
use crate::refusals::Cause;

pub(crate) static LINT: Lint = Lint {
    name: "duplicate-volume-mount",
    group: Group::Refused,
    level: Level::Deny,
    since: "0.1.0",
    summary: "two volumes mounted at the same path of a container",
    docs: Docs {
        why: "Server-side apply merges a container's mounts by path and rejects two with the same \
              path. The operator adds its own mounts: `/feast-data`, the claims of stores, and \
              certificates.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    volumes: [{name: a, emptyDir: {}}]
    onlineStore: {server: {volumeMounts: [{name: a, mountPath: /feast-data}]}}
",
        instead: "Mount one of them elsewhere.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    volumes: [{name: a, emptyDir: {}}]
    onlineStore: {server: {volumeMounts: [{name: a, mountPath: /cache}]}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    refused(cx, Cause::DuplicateMount, out, "mount it at another path");
}
