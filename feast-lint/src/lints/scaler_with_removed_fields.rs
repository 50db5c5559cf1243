use crate::context::Context;
use crate::finding::Findings;
use crate::lint::{Docs, Group, Level, Lint};

pub(crate) static LINT: Lint = Lint {
    name: "scaler-with-removed-fields",
    group: Group::Scaling,
    level: Level::Deny,
    since: "0.1.0",
    summary: "a ScaledObject with fields that KEDA has removed",
    docs: Docs {
        why: "KEDA 2.18 removed `metadata.type` of the triggers `cpu` and `memory`; use the \
              trigger's `metricType`. KEDA 2.12 removed `metadata.metricName` of triggers such as \
              `prometheus`; use the trigger's `name`.",
        sources: &[
            "https://keda.sh/docs/latest/scalers/cpu/",
            "https://github.com/kedacore/keda/blob/main/CHANGELOG.md",
            "https://github.com/kedacore/keda/issues/4240",
        ],
        example: r#"
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: sample}
spec:
  scaleTargetRef: {apiVersion: feast.dev/v1, kind: FeatureStore, name: sample}
  minReplicaCount: 2
  maxReplicaCount: 5
  triggers: [{type: cpu, metricType: Utilization, metadata: {type: Utilization, value: "70"}}]
---
spec:
  feastProject: credit_scoring
  services:
    registry: {local: {persistence: {store: {type: sql, secretRef: {name: stores}}}}}
    onlineStore: {persistence: {store: {type: postgres, secretRef: {name: stores}}}}
"#,
        instead: "Use `metricType` and `name` of the trigger.",
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

/// The triggers whose `metricName` named their own metric. For others, such as `aws-cloudwatch`, it
/// is the metric to query and was not removed.
const NAMED: [&str; 19] = [
    "activemq",
    "arangodb",
    "azure-blob",
    "azure-data-explorer",
    "azure-log-analytics",
    "azure-servicebus",
    "cassandra",
    "couchdb",
    "elasticsearch",
    "graphite",
    "influxdb",
    "loki",
    "mongodb",
    "mssql",
    "mysql",
    "postgresql",
    "predictkube",
    "prometheus",
    "rabbitmq",
];

pub(super) fn check(cx: &Context<'_>, out: &mut Findings) {
    for scaler in cx.scalers().into_iter().filter(|scaler| scaler.is_keda()) {
        let triggers = scaler.object["spec"]["triggers"].as_array();
        for trigger in triggers.into_iter().flatten() {
            let kind = trigger["type"].as_str().unwrap_or_default();
            let metadata = &trigger["metadata"];
            if NAMED.contains(&kind) && !metadata["metricName"].is_null() {
                out.add(
                    cx.scaling_path(),
                    format!(
                        "{} has `metadata.metricName` in its {kind} trigger, which KEDA removed \
                         in 2.12",
                        scaler.title()
                    ),
                )
                .help("remove it; the trigger's `name` names the metric");
            }
            if matches!(kind, "cpu" | "memory") && !metadata["type"].is_null() {
                out.add(
                    cx.scaling_path(),
                    format!(
                        "{} has `metadata.type` in its {kind} trigger, which KEDA removed in 2.18",
                        scaler.title()
                    ),
                )
                .help("use the trigger's `metricType`");
            }
        }
    }
}
