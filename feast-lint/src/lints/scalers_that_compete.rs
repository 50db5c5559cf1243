use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "scalers-that-compete",
    group: Group::Scaling,
    level: Level::Deny,
    since: "0.1.0",
    summary: "two autoscalers for one FeatureStore",
    docs: Docs {
        why: "Each sets its own number of replicas, and they undo each other. A KEDA ScaledObject \
              creates its own HorizontalPodAutoscaler. Also, `services.scaling.autoscaling` \
              cannot be combined with `spec.replicas` above 1, which an autoscaler of the \
              FeatureStore sets.",
        sources: &["https://keda.sh/docs/latest/reference/scaledobject-spec/"],
        example: r#"
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
    scaling: {autoscaling: {minReplicas: 2, maxReplicas: 5}}
"#,
        instead: "Keep one of them.",
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
    let scalers = cx.scalers();
    let others: Vec<_> = scalers.iter().map(|scaler| scaler.title()).collect();
    let own = cx
        .autoscaling()
        .map(|_| "`services.scaling.autoscaling`".to_owned());
    let all: Vec<_> = own.into_iter().chain(others).collect();
    if all.len() > 1 {
        out.add(
            cx.scaling_path(),
            format!("{} scale the same pods", all.join(" and ")),
        )
        .help("keep one of them");
    }
}
