use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};
use crate::patch;

pub(crate) static LINT: Lint = Lint {
    name: "disruption-budget-without-effect",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a PodDisruptionBudget for a FeatureStore with a single replica",
    docs: Docs {
        why: "The operator creates the PodDisruptionBudget only with more than one replica or an \
              autoscaler.",
        sources: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        example: r"
spec:
  feastProject: credit_scoring
  services: {podDisruptionBudgets: {maxUnavailable: 1}}
",
        instead: "Scale, or remove it.",
        mended: r"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    podDisruptionBudgets: {maxUnavailable: 1}
",
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let budgets = cx
        .services()
        .and_then(|services| services.pod_disruption_budgets.as_ref());
    let may_scale = cx.is_scaling() || !cx.scalers().is_empty();
    if budgets.is_some() && !may_scale {
        let path = FieldPath::of("spec.services.podDisruptionBudgets");
        let fix = vec![patch::remove(&path)];
        out.add(
            path,
            "the PodDisruptionBudget is not created: there is a single replica",
        )
        .help("set `spec.replicas` above 1 or `services.scaling.autoscaling`, or remove it")
        .fix(fix);
    }
}
