//! Monitoring of the operator.

use serde_json::{Value, json};

use super::dashboard::dashboard;
use super::operations::selector;
use super::{Error, Installation, METRICS, NAME, metadata};

/// A ServiceMonitor and a `PrometheusRule` for the Prometheus operator, which the cluster must
/// have, and a Grafana dashboard.
pub(super) fn monitoring(installation: &Installation) -> Result<Vec<Value>, Error> {
    if !installation.monitoring {
        return Ok(Vec::new());
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
        // The namespace label is that of a FeatureStore, not of the operator.
        "endpoints": [{ "port": METRICS.0, "honorLabels": true }],
    });
    let alerts = alerts(&installation.operator_namespace);
    let rules = json!({ "groups": [{ "name": NAME, "rules": alerts }] });
    Ok(vec![
        object("ServiceMonitor", monitor),
        object("PrometheusRule", rules),
        for_grafana(installation)?,
    ])
}

/// A ConfigMap with the dashboard for Grafana's sidecar:
/// <https://github.com/grafana/helm-charts/tree/main/charts/grafana#sidecar-for-dashboards>
fn for_grafana(installation: &Installation) -> Result<Value, Error> {
    let mut metadata = metadata(installation);
    metadata.name = Some(format!("{NAME}-dashboard"));
    let labels = metadata.labels.get_or_insert_default();
    labels.insert("grafana_dashboard".to_owned(), "1".to_owned());
    Ok(json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": metadata,
        "data": { format!("{NAME}.json"): serde_json::to_string_pretty(&dashboard())? + "\n" },
    }))
}

/// The alerts for an operator in this namespace.
pub(super) fn alerts(namespace: &str) -> Vec<Value> {
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
    let own = format!("{{namespace=\"{namespace}\"}}");
    let expiry = "feast_operator_webhook_certificate_expiry_timestamp_seconds";
    vec![
        alert(
            "FeastOperatorAbsent",
            format!("absent(feast_operator_reconciles_active{own})"),
            "10m",
            "critical",
            "no feast-operator is running: FeatureStores are not reconciled",
        ),
        alert(
            "FeastOperatorLeaderless",
            format!("sum(feast_operator_leading{own}) < 1"),
            "10m",
            "critical",
            "no feast-operator holds the lease: FeatureStores are not reconciled",
        ),
        alert(
            "FeastOperatorDeaf",
            format!("time() - min(feast_operator_watch_heard_timestamp_seconds{own}) > 900"),
            "10m",
            "warning",
            "a watch of feast-operator receives no data: it acts on an old state",
        ),
        alert(
            "FeastOperatorFails",
            passes("error"),
            "30m",
            "warning",
            "reconciliations fail and are retried: see the operator's log",
        ),
        alert(
            "FeatureStoreRefused",
            passes("refused"),
            "30m",
            "warning",
            "a FeatureStore is rejected: see its status",
        ),
        alert(
            "FeatureStoreNotReady",
            "max by (namespace, name) (feast_operator_feature_store_ready) < 1".to_owned(),
            "30m",
            "warning",
            "FeatureStore {{ $labels.namespace }}/{{ $labels.name }} is not ready: see its status",
        ),
        alert(
            "FeastOperatorCertificateEnds",
            format!("({expiry} > 0) - time() < 14 * 86400"),
            "1h",
            "warning",
            "the webhook's certificate expires in less than two weeks and was not renewed",
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::manifests::dashboard;

    /// The metrics in an expression.
    fn asked(expression: &str) -> impl Iterator<Item = &str> {
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.filter(|word| word.starts_with("feast_operator_"))
    }

    /// The documented metrics; another test compares them with the exported ones.
    fn told() -> BTreeSet<String> {
        let guide = include_str!("../../../docs/operator.md");
        let rows = guide.lines().filter_map(|line| line.strip_prefix("| `"));
        let names = rows.filter_map(|row| row.split(['{', '`']).next());
        names.map(str::to_owned).collect()
    }

    #[test]
    fn all_metrics_in_expressions_are_documented() {
        let told = told();
        let alerts = alerts("feast").into_iter();
        let alerts = alerts.map(|alert| alert["expr"].as_str().unwrap().to_owned());
        let expressions = alerts.chain(dashboard::expressions().map(str::to_owned));
        for expression in expressions {
            assert!(asked(&expression).count() > 0, "{expression}");
            for metric in asked(&expression) {
                let name = metric.trim_end_matches("_bucket");
                assert!(told.contains(name), "{metric} in {expression}");
            }
        }
    }
}
