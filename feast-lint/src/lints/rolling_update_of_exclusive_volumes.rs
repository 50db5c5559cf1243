use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "rolling-update-of-exclusive-volumes",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a rolling update of pods that share a `ReadWriteOnce` volume",
    docs: Docs {
        why: "A claim with access mode `ReadWriteOnce` can be used on one node only. A rolling \
              update starts the new pod before the old one stops; on another node it waits for \
              the volume forever. Of several replicas, only those on the same node start.",
        sources: &[
            "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
            "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
        ],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    deploymentStrategy: {type: RollingUpdate}
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /data}}}}
",
        instead: "Use `Recreate`, or a claim with access mode `ReadWriteMany`.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    onlineStore: {persistence: {file: {path: online.db, pvc: {create: {}, mountPath: /data}}}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let strategy = cx
        .services()
        .and_then(|services| services.deployment_strategy.as_ref());
    let rolls = match strategy.and_then(|strategy| strategy.type_.as_deref()) {
        Some(kind) => kind == "RollingUpdate",
        None => strategy.is_some() || cx.is_scaling(),
    };
    for (path, claim) in cx.claims().into_iter().filter(|_| rolls) {
        // The access modes of existing claims are unknown.
        let Some(create) = &claim.create else {
            continue;
        };
        let modes = create.access_modes.as_deref();
        let is_shared = modes.is_some_and(|modes| {
            modes
                .iter()
                .any(|mode| matches!(mode.as_str(), "ReadWriteMany" | "ReadOnlyMany"))
        });
        if !is_shared {
            out.add(
                path.field("create").field("accessModes"),
                "a rolling update replaces pods one by one, but their volume can be used on one \
                 node only",
            )
            .related(
                FieldPath::of("spec.services.deploymentStrategy"),
                "rolling update",
            )
            .help("use the strategy `Recreate`, or the access mode `ReadWriteMany`");
        }
    }
}
