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
    summary: "two volumes mounted at one path of a container",
    docs: Docs {
        why: "Server-side apply merges the mounts of a container by their path, and refuses two of \
              one path. The operator adds mounts of its own: `/feast-data`, the claims of stores \
              and certificates.",
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
        instead: "Mount one of the two elsewhere.",
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
