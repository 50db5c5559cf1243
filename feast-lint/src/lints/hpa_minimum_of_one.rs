use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "hpa-minimum-of-one",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "an autoscaler that scales down to one replica",
    docs: Docs {
        why: "Under low load one pod is left. If its node is drained or fails, nothing serves \
              features until another pod has started. A PodDisruptionBudget cannot help: it \
              either blocks the drain or protects nothing. `minReplicas` defaults to 1.",
        sources: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        example: "
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling:
      autoscaling: {maxReplicas: 3}
",
        instead: "Keep at least two replicas.",
        mended: "
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    scaling:
      autoscaling: {minReplicas: 2, maxReplicas: 3}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(autoscaling) = cx.autoscaling() else {
        return;
    };
    if autoscaling.min_replicas.unwrap_or(1) == 1 && autoscaling.max_replicas > 1 {
        let path = FieldPath::of("spec.services.scaling.autoscaling.minReplicas");
        out.add(path, "the autoscaler may scale down to a single replica")
            .help("set `minReplicas` to 2 or more");
    }
}
