//! Details of a box.

use serde_json::Value;

use crate::scaler::bounds;

/// The notable properties of an object: ports, replicas, schedule.
pub(super) fn note(object: &Value) -> Option<String> {
    let spec = &object["spec"];
    match object["kind"].as_str()? {
        "Service" => ports(spec),
        "Deployment" => spec["replicas"].as_u64().map(pods),
        "HorizontalPodAutoscaler" | "ScaledObject" => {
            let (least, most) = bounds(object)?;
            Some(format!("{least} to {}", pods(most)))
        }
        "PodDisruptionBudget" => budget(spec),
        "CronJob" => spec["schedule"].as_str().map(str::to_owned),
        "PersistentVolumeClaim" => {
            let size = spec.pointer("/resources/requests/storage")?;
            size.as_str().map(str::to_owned)
        }
        "Route" => spec["host"].as_str().map(str::to_owned),
        _ => None,
    }
}

/// The ports of a Service and of its pods.
fn ports(spec: &Value) -> Option<String> {
    let port = |port: &Value| {
        let (outer, inner) = (port["port"].as_u64()?, text(&port["targetPort"]));
        Some(match inner.filter(|inner| *inner != outer.to_string()) {
            Some(inner) => format!("{outer} → {inner}"),
            None => outer.to_string(),
        })
    };
    let ports: Vec<_> = spec["ports"].as_array()?.iter().filter_map(port).collect();
    let what = if ports.len() == 1 { "port" } else { "ports" };
    (!ports.is_empty()).then(|| format!("{what} {}", ports.join(", ")))
}

fn pods(count: u64) -> String {
    match count {
        1 => "1 pod".to_owned(),
        count => format!("{count} pods"),
    }
}

fn budget(spec: &Value) -> Option<String> {
    let of = |field: &str, words| text(&spec[field]).map(|text| format!("{words} {text}"));
    of("minAvailable", "min available").or_else(|| of("maxUnavailable", "max unavailable"))
}

/// An integer or a string.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::note;
    use serde_json::json;

    #[test]
    fn notes_describe_objects() {
        let of = |kind, spec| note(&json!({"kind": kind, "spec": spec}));
        for (kind, spec, said) in [
            ("Deployment", json!({"replicas": 1}), Some("1 pod")),
            ("Deployment", json!({}), None),
            (
                "Service",
                json!({"ports": [{"port": 80, "targetPort": 6566}, {"port": 81, "targetPort": 81}]}),
                Some("ports 80 → 6566, 81"),
            ),
            ("Service", json!({"ports": []}), None),
            (
                "HorizontalPodAutoscaler",
                json!({"maxReplicas": 5}),
                Some("1 to 5 pods"),
            ),
            ("HorizontalPodAutoscaler", json!({}), None),
            (
                "ScaledObject",
                json!({"minReplicaCount": 2}),
                Some("2 to 100 pods"),
            ),
            (
                "ScaledObject",
                json!({"minReplicaCount": 2, "idleReplicaCount": 0}),
                Some("0 to 100 pods"),
            ),
            (
                "PodDisruptionBudget",
                json!({"maxUnavailable": "50%"}),
                Some("max unavailable 50%"),
            ),
            (
                "PodDisruptionBudget",
                json!({"minAvailable": 1}),
                Some("min available 1"),
            ),
            ("CronJob", json!({"schedule": "@yearly"}), Some("@yearly")),
            (
                "PersistentVolumeClaim",
                json!({"resources": {"requests": {"storage": "5Gi"}}}),
                Some("5Gi"),
            ),
            ("Role", json!({}), None),
        ] {
            assert_eq!(of(kind, spec).as_deref(), said, "{kind}");
        }
    }
}
