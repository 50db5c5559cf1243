//! What keeps the operator at work, and tells when it is not.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use serde_json::{Value, json};

use super::{Installation, METRICS, WEBHOOK, Webhook, labels, metadata};

/// Drains take one operator after the other, if there are several; a single one would hold them up.
pub(super) fn disruption_budget(installation: &Installation) -> Option<PodDisruptionBudget> {
    has_several(installation).then(|| PodDisruptionBudget {
        metadata: metadata(installation),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(selector()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
}

/// Several operators run on several nodes, if there are as many.
pub(super) fn spread(installation: &Installation) -> Option<Vec<TopologySpreadConstraint>> {
    has_several(installation).then(|| {
        vec![TopologySpreadConstraint {
            label_selector: Some(selector()),
            max_skew: 1,
            topology_key: "kubernetes.io/hostname".to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            ..TopologySpreadConstraint::default()
        }]
    })
}

/// Nobody reaches anything of the operator but what it serves. API servers and kubelets are no pods
/// that could be selected.
pub(super) fn network_policy(installation: &Installation) -> Option<NetworkPolicy> {
    let port = |(name, _): (&str, i32)| NetworkPolicyPort {
        port: Some(IntOrString::String(name.to_owned())),
        protocol: Some("TCP".to_owned()),
        ..NetworkPolicyPort::default()
    };
    let webhook = (installation.webhook != Webhook::None).then_some(WEBHOOK);
    let ports = [METRICS].into_iter().chain(webhook).map(port);
    installation.network_policy.then(|| NetworkPolicy {
        metadata: metadata(installation),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selector()),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(vec![NetworkPolicyIngressRule {
                ports: Some(ports.collect()),
                ..NetworkPolicyIngressRule::default()
            }]),
            ..NetworkPolicySpec::default()
        }),
    })
}

/// A ServiceMonitor and a `PrometheusRule` of the Prometheus operator, which the cluster must have.
pub(super) fn monitoring(installation: &Installation) -> Vec<Value> {
    if !installation.monitoring {
        return Vec::new();
    }
    let object = |kind: &str, spec: Value| {
        json!({
            "apiVersion": "monitoring.coreos.com/v1",
            "kind": kind,
            "metadata": metadata(installation),
            "spec": spec,
        })
    };
    let monitor = json!({
        "selector": selector(),
        "endpoints": [{ "port": METRICS.0 }],
    });
    let alerts = alerts(&installation.operator_namespace);
    let rules = json!({ "groups": [{ "name": "feast-operator", "rules": alerts }] });
    vec![
        object("ServiceMonitor", monitor),
        object("PrometheusRule", rules),
    ]
}

/// What somebody has to look at.
fn alerts(namespace: &str) -> Vec<Value> {
    let alert = |name: &str, expression: String, lasts: &str, severity: &str, summary: &str| {
        json!({
            "alert": name,
            "expr": expression,
            "for": lasts,
            "labels": { "severity": severity },
            "annotations": { "summary": summary },
        })
    };
    let passes = |outcome: &str| {
        let passes = format!("feast_operator_reconciles_total{{outcome=\"{outcome}\"}}");
        format!("sum by (namespace) (increase({passes}[15m])) > 0")
    };
    let expiry = "feast_operator_webhook_certificate_expiry_timestamp_seconds";
    vec![
        alert(
            "FeastOperatorAbsent",
            format!("absent(feast_operator_reconciles_active{{namespace=\"{namespace}\"}})"),
            "10m",
            "critical",
            "no feast-operator is running: FeatureStores do not change",
        ),
        alert(
            "FeastOperatorFails",
            passes("error"),
            "30m",
            "warning",
            "passes over FeatureStores fail and are tried again: the operator's log says why",
        ),
        alert(
            "FeatureStoreRefused",
            passes("refused"),
            "30m",
            "warning",
            "a FeatureStore asks for what cannot be made: its status says why",
        ),
        alert(
            "FeastOperatorCertificateEnds",
            format!("({expiry} > 0) - time() < 14 * 86400"),
            "1h",
            "warning",
            "the webhook's certificate ends in less than two weeks and was not renewed",
        ),
    ]
}

fn has_several(installation: &Installation) -> bool {
    installation.replicas > 1
}

fn selector() -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels()),
        ..LabelSelector::default()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::metrics::{Metrics, Outcome};

    #[test]
    fn alerts_ask_for_metrics_that_there_are() {
        let metrics = Metrics::default();
        metrics.begin();
        metrics.end(Outcome::success, Duration::ZERO);
        let metrics = metrics.encode().unwrap();
        for alert in alerts("feast") {
            let expression = alert["expr"].as_str().unwrap();
            let mut words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let metric = words
                .find(|word| word.starts_with("feast_operator_"))
                .unwrap();
            let name = metric.trim_end_matches("_total");
            assert!(
                metrics.contains(&format!("# TYPE {name} ")),
                "{name}: {metrics}"
            );
        }
    }
}
