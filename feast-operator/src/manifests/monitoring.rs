//! What tells people how the operator gets on.

use serde_json::{Value, json};

use super::dashboard::dashboard;
use super::operations::selector;
use super::{Error, Installation, METRICS, NAME, metadata};

/// A ServiceMonitor and a `PrometheusRule` of the Prometheus operator, which the cluster must have,
/// and a dashboard for Grafana.
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
        // A FeatureStore's metrics name its namespace, not the operator's.
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

/// A dashboard as Grafana's sidecar finds it:
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

/// What somebody has to look at, of an operator in this namespace.
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
            "no feast-operator is running: FeatureStores do not change",
        ),
        alert(
            "FeastOperatorLeaderless",
            format!("sum(feast_operator_leading{own}) < 1"),
            "10m",
            "critical",
            "no feast-operator has the lease: FeatureStores do not change",
        ),
        alert(
            "FeastOperatorDeaf",
            format!("time() - min(feast_operator_watch_heard_timestamp_seconds{own}) > 900"),
            "10m",
            "warning",
            "a watch of feast-operator hears nothing: it acts on what was",
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
            "FeatureStoreNotReady",
            "max by (namespace, name) (feast_operator_feature_store_ready) < 1".to_owned(),
            "30m",
            "warning",
            "FeatureStore {{ $labels.namespace }}/{{ $labels.name }} is not ready: its status says why",
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::manifests::dashboard;

    /// The metrics that an expression asks for.
    fn asked(expression: &str) -> impl Iterator<Item = &str> {
        let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        words.filter(|word| word.starts_with("feast_operator_"))
    }

    /// The metrics that the operator's documentation names; another test holds it to those there are.
    fn told() -> BTreeSet<String> {
        let guide = include_str!("../../../docs/operator.md");
        let rows = guide.lines().filter_map(|line| line.strip_prefix("| `"));
        let names = rows.filter_map(|row| row.split(['{', '`']).next());
        names.map(str::to_owned).collect()
    }

    #[test]
    fn what_is_asked_for_is_told() {
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
