use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "scaler-to-zero",
    group: Group::Scaling,
    level: Level::Deny,
    since: "0.1.0",
    summary: "an autoscaler that may scale to zero",
    docs: Docs {
        why: "The CRD requires at least one replica, so the API server rejects scaling to 0. A \
              ScaledObject's `minReplicaCount` defaults to 0.",
        sources: &["https://keda.sh/docs/latest/reference/scaledobject-spec/"],
        example: r#"
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: sample}
spec:
  scaleTargetRef: {apiVersion: feast.dev/v1, kind: FeatureStore, name: sample}
  minReplicaCount: 0
  maxReplicaCount: 5
  triggers: [{type: cpu, metricType: Utilization, metadata: {value: "70"}}]
---
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
        instead: "Set the minimum to 1 or more.",
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
        if scaler.minimum() < 1 {
            let field = if scaler.is_keda() {
                "minReplicaCount"
            } else {
                "minReplicas"
            };
            out.add(
                cx.scaling_path(),
                format!(
                    "{} may scale to 0, which the CRD does not allow",
                    scaler.title()
                ),
            )
            .help(format!("set its `{field}` to 1 or more"));
        }
    }
}
