use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "claims-without-fs-group",
    group: Group::Persistence,
    level: Level::Warn,
    since: "0.1.0",
    summary: "PersistentVolumeClaims that the servers may not be able to write",
    docs: Docs {
        why: "The image runs as user 1001, and root owns the file system of a new block volume. \
              Unless `fsGroup` gives the volume to a group of the pod, the servers cannot write \
              to it. OpenShift sets `fsGroup` automatically; other platforms do not.",
        sources: &[
            "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/#set-the-security-context-for-a-pod",
            "https://github.com/feast-dev/feast/tree/v0.66.0/sdk/python/feast/infra/feature_servers/multicloud",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /online}}}}
",
        instead: "Set `fsGroup` in `services.securityContext`.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    securityContext: {fsGroup: 1001}
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /online}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let services = cx.services();
    let context = services.and_then(|services| services.security_context.as_ref());
    let is_root = context.and_then(|context| context.run_as_user) == Some(0);
    let has_group = context.is_some_and(|context| context.fs_group.is_some());
    let claims = cx.claims();
    if is_root || has_group || claims.is_empty() || cx.subject.inputs.platform().openshift {
        return;
    }
    let path = FieldPath::of("spec.services.securityContext.fsGroup");
    let finding = out.add(
        path,
        "the servers may not be able to write to their volume claims",
    );
    for (claim, _) in claims {
        finding.related(claim, "a volume claim");
    }
    finding.help("set `securityContext: {fsGroup: 1001}`, unless the storage is world-writable");
}
