use crate::budget::budget;
use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "disruption-budget-that-blocks",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a PodDisruptionBudget that blocks every node drain",
    docs: Docs {
        why: "If no pod may be unavailable, no node with one of the pods can be drained, and a \
              cluster upgrade stops until someone intervenes. Percentages of both fields are \
              rounded up to whole pods.",
        sources: &["https://kubernetes.io/docs/tasks/run-application/configure-pdb/"],
        example: r"
spec:
  feastProject: credit_scoring
  replicas: 3
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
    podDisruptionBudgets: {minAvailable: 3}
",
        instead: "Allow one unavailable pod.",
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
    let blocked = budget.replicas_with(|budget, replicas| budget.allowed(replicas) == 0);
    if let Some(replicas) = blocked {
        out.add(
            budget.path.clone(),
            format!("no pod may be unavailable while there are {replicas}"),
        )
        .help("allow one unavailable pod: `maxUnavailable: 1`");
    }
}
