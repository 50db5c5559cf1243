use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "scaler-of-deployment",
    group: Group::Scaling,
    level: Level::Deny,
    since: "0.1.0",
    summary: "an autoscaler that targets the Deployment instead of the FeatureStore",
    docs: Docs {
        why: "The operator sets the Deployment's replicas from `spec.replicas` in every \
              reconciliation, so it and the autoscaler undo each other. With one replica in the \
              FeatureStore the strategy is also `Recreate`. The FeatureStore has its own scale \
              subresource.",
        sources: &[
            "https://keda.sh/docs/latest/reference/scaledobject-spec/",
            "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
        ],
        example: r#"
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: sample}
spec:
  scaleTargetRef: {name: feast-sample}
  minReplicaCount: 2
  maxReplicaCount: 5
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: "70"}}]
---
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
        instead: "Target the FeatureStore.",
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
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
    },
};

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for scaler in cx.scalers() {
        if scaler.targets_deployment {
            out.add(
                cx.scaling_path(),
                format!(
                    "{} scales the Deployment, whose replicas the operator sets",
                    scaler.title()
                ),
            )
            .help(format!(
                "target the FeatureStore: `apiVersion: feast.dev/v1`, `kind: FeatureStore`, \
                 `name: {}`",
                cx.name()
            ));
        }
    }
}
