//! A Grafana dashboard.

use serde_json::{Value, json};

/// Panels per row.
const COLUMNS: usize = 3;
/// Out of Grafana's 24 columns.
const WIDTH: usize = 24 / COLUMNS;
const HEIGHT: usize = 8;

/// A graph: its title, Grafana's name of the unit, the expression, and the legend.
struct Panel {
    title: &'static str,
    unit: &'static str,
    expression: &'static str,
    legend: &'static str,
}

const PANELS: &[Panel] = &[
    Panel {
        title: "FeatureStores by phase",
        unit: "short",
        expression: "sum by (phase) (max by (namespace, name, phase) (feast_operator_feature_store_phase))",
        legend: "{{phase}}",
    },
    Panel {
        title: "Not ready",
        unit: "short",
        expression: "max by (namespace, name) (feast_operator_feature_store_ready) == 0",
        legend: "{{namespace}}/{{name}}",
    },
    Panel {
        title: "Failed passes by reason",
        unit: "ops",
        expression: "sum by (reason) (rate(feast_operator_errors_total[5m]))",
        legend: "{{reason}}",
    },
    Panel {
        title: "Passes by outcome",
        unit: "ops",
        expression: "sum by (outcome) (rate(feast_operator_reconciles_total[5m]))",
        legend: "{{outcome}}",
    },
    Panel {
        title: "Duration of passes (90th percentile)",
        unit: "s",
        expression: "histogram_quantile(0.9, sum by (le) (rate(feast_operator_reconcile_duration_seconds_bucket[5m])))",
        legend: "90 %",
    },
    Panel {
        title: "Writes by verb",
        unit: "ops",
        expression: "sum by (verb) (rate(feast_operator_writes_total[5m]))",
        legend: "{{verb}}",
    },
    Panel {
        title: "Webhook reviews",
        unit: "ops",
        expression: "sum by (allowed) (rate(feast_operator_reviews_total[5m]))",
        legend: "allowed: {{allowed}}",
    },
    Panel {
        title: "Leader",
        unit: "short",
        expression: "feast_operator_leading",
        legend: "{{pod}}",
    },
    Panel {
        title: "Time since watches received data",
        unit: "s",
        expression: "time() - feast_operator_watch_heard_timestamp_seconds",
        legend: "{{pod}} {{path}}",
    },
    Panel {
        title: "Watch interruptions",
        unit: "ops",
        expression: "sum by (kind) (rate(feast_operator_watch_interruptions_total[5m]))",
        legend: "{{kind}}",
    },
    Panel {
        title: "Remaining validity of the webhook's certificate",
        unit: "s",
        expression: "(feast_operator_webhook_certificate_expiry_timestamp_seconds > 0) - time()",
        legend: "{{pod}}",
    },
];

/// The dashboard in Grafana's import format.
pub(super) fn dashboard() -> Value {
    let source = json!({ "type": "prometheus", "uid": "${source}" });
    let panel = |(index, panel): (usize, &Panel)| {
        json!({
            "id": index + 1,
            "type": "timeseries",
            "title": panel.title,
            "datasource": source,
            "gridPos": {
                "x": index % COLUMNS * WIDTH,
                "y": index / COLUMNS * HEIGHT,
                "w": WIDTH,
                "h": HEIGHT,
            },
            "fieldConfig": { "defaults": { "unit": panel.unit, "min": 0 }, "overrides": [] },
            "targets": [{
                "refId": "A",
                "datasource": source,
                "expr": panel.expression,
                "legendFormat": panel.legend,
            }],
        })
    };
    json!({
        "uid": crate::MANAGER,
        "title": crate::MANAGER,
        "tags": ["feast"],
        "schemaVersion": 39,
        "time": { "from": "now-6h", "to": "now" },
        "refresh": "1m",
        "templating": {
            "list": [{ "name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus" }],
        },
        "panels": PANELS.iter().enumerate().map(panel).collect::<Vec<_>>(),
    })
}

/// The expressions of the panels.
#[cfg(test)]
pub(super) fn expressions() -> impl Iterator<Item = &'static str> {
    PANELS.iter().map(|panel| panel.expression)
}
