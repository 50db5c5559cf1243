use apimachinery::FieldPath;

use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "restart-on-first-scale-out",
    group: Group::Scaling,
    level: Level::Warn,
    since: "0.1.0",
    summary: "a first scale-out that restarts the running pod",
    docs: Docs {
        why: "With a single replica, the Deployment has strategy `Recreate` and no topology \
              spread or anti-affinity; with more, it has `RollingUpdate` and both. So the first \
              scale-out changes the pod template and replaces the serving pod under load. The \
              last scale-in replaces it again and, with `Recreate`, causes downtime.",
        sources: &[
            "https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
        ],
        example: r#"
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: sample}
spec:
  scaleTargetRef: {apiVersion: feast.dev/v1, kind: FeatureStore, name: sample}
  minReplicaCount: 1
  maxReplicaCount: 5
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: "70"}}]
---
spec:
  feastProject: credit_scoring
  replicas: 1
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
        instead: "Keep at least two replicas, or set strategy, topology spread and affinity \
                  yourself.",
        mended: r#"
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: sample}
spec:
  scaleTargetRef: {apiVersion: feast.dev/v1, kind: FeatureStore, name: sample}
  minReplicaCount: 2
  maxReplicaCount: 5
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: "70"}}]
---
spec:
  feastProject: credit_scoring
  replicas: 2
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    let Some(services) = cx.services() else {
        return;
    };
    let is_fixed = services.deployment_strategy.is_some()
        && services.topology_spread_constraints.is_some()
        && services.affinity.is_some();
    if cx.is_scaling() || is_fixed {
        return;
    }
    for scaler in cx.scalers() {
        if scaler.minimum() <= 1 && !scaler.targets_deployment {
            out.add(
                FieldPath::of("spec.replicas"),
                format!(
                    "the first scale-out by {} restarts the running pod",
                    scaler.title()
                ),
            )
            .help(
                "keep at least two replicas, or set `deploymentStrategy`, \
                 `topologySpreadConstraints` and `affinity` of `spec.services`",
            );
        }
    }
}
