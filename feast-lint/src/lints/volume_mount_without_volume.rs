use crate::context::Context;
use crate::finding::Findings;
use crate::foreseen::refused;
use crate::lint::{Docs, Group, Level, Lint};
use crate::refusals::Cause;

pub(crate) static LINT: Lint = Lint {
    name: "volume-mount-without-volume",
    group: Group::Refused,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a mount of a volume that does not exist",
    docs: Docs {
        why: "Mounts refer to volumes of `services.volumes`, or to those that the operator adds: \
              `feast-data` exists only if a store has no claim. The API server rejects a \
              Deployment with any other mount.",
        sources: &[
            "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {server: {volumeMounts: [{name: models, mountPath: /models}]}}
",
        instead: "Add the volume to `services.volumes`.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    volumes: [{name: models, persistentVolumeClaim: {claimName: models}}]
    onlineStore: {server: {volumeMounts: [{name: models, mountPath: /models}]}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    refused(
        cx,
        Cause::MissingVolume,
        out,
        "add the volume to `spec.services.volumes`",
    );
}
