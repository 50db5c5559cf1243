use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "autoscaler-of-fixed-size",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an autoscaler whose minimum equals its maximum",
    docs: Docs {
        why: "It cannot scale, still needs metrics, and disables `kubectl scale`.",
        sources: &["https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/"],
        example: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling: {autoscaling: {minReplicas: 3, maxReplicas: 3}}
",
        instead: "Use `spec.replicas`, or raise the maximum.",
        mended: r"
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling: {autoscaling: {minReplicas: 3, maxReplicas: 6}}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(autoscaling) = cx.autoscaling() else {
        return;
    };
    let maximum = autoscaling.max_replicas;
    if autoscaling.min_replicas.unwrap_or(1) == maximum {
        let path = FieldPath::of("spec.services.scaling.autoscaling.maxReplicas");
        out.add(path, format!("minimum and maximum are both {maximum}"))
            .help(format!(
                "set `spec.replicas` to {maximum} instead, or raise the maximum"
            ));
    }
}
