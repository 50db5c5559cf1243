use crate::budget::budget;
use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "disruption-budget-that-protects-nothing",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a PodDisruptionBudget that allows all pods to be evicted",
    docs: Docs {
        why: "If all pods may be unavailable, a drain of several nodes can evict them all at \
              once. Percentages of both fields are rounded up to whole pods.",
        sources: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        example: r"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    podDisruptionBudgets: {maxUnavailable: 100%}
",
        instead: "Keep at least one pod.",
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
    let Some(budget) = budget(cx) else {
        return;
    };
    let unprotected = budget.replicas_with(|budget, replicas| budget.allowed(replicas) == replicas);
    if let Some(replicas) = unprotected {
        out.add(
            budget.path.clone(),
            format!("every pod may be unavailable while there are {replicas}"),
        )
        .help("keep pods available: lower `maxUnavailable`, or add replicas");
    }
}
