//! Autoscalers of a FeatureStore.

use serde_json::Value;

use super::state::Autoscaler;

/// The autoscaler, if the object is one and scales an object of these kinds and names.
pub(super) fn of(object: &Value, scales: impl Fn(&Value) -> bool) -> Option<Autoscaler> {
    let kind = object["kind"].as_str()?;
    let spec = &object["spec"];
    if !scales(&spec["scaleTargetRef"]) {
        return None;
    }
    let (min, max) = match kind {
        "HorizontalPodAutoscaler" => ("minReplicas", "maxReplicas"),
        "ScaledObject" => ("minReplicaCount", "maxReplicaCount"),
        _ => return None,
    };
    Some(Autoscaler {
        kind: kind.to_owned(),
        name: object["metadata"]["name"].as_str()?.to_owned(),
        min: spec[min].as_i64(),
        max: spec[max].as_i64(),
        metrics: metrics(object),
    })
}

/// Each metric of a HorizontalPodAutoscaler with its value and target, such as `cpu 41 % of 70 %`.
fn metrics(object: &Value) -> Vec<String> {
    let wanted = object["spec"]["metrics"].as_array();
    let current = object["status"]["currentMetrics"].as_array();
    let current = |name: &str| {
        let mut all = current.into_iter().flatten();
        all.find(|metric| metric["resource"]["name"] == name)
    };
    let wanted = wanted.into_iter().flatten();
    let told = wanted.filter_map(|metric| {
        let name = metric["resource"]["name"].as_str()?;
        let now = current(name).map(|metric| &metric["resource"]["current"]);
        let now = now.and_then(value).unwrap_or_else(|| "unknown".to_owned());
        let target = value(&metric["resource"]["target"])?;
        Some(format!("{name} {now} of {target}"))
    });
    told.collect()
}

fn value(value: &Value) -> Option<String> {
    let percent = value["averageUtilization"].as_i64();
    let percent = percent.map(|percent| format!("{percent} %"));
    percent.or_else(|| Some(value["averageValue"].as_str()?.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn metrics_have_their_targets() {
        let cpu = |part: &str, percent: i32| {
            json!({ "type": "Resource", "resource": {
                "name": "cpu", part: { "averageUtilization": percent },
            } })
        };
        let memory =
            json!({ "resource": { "name": "memory", "target": { "averageValue": "1Gi" } } });
        let mut object = json!({
            "kind": "HorizontalPodAutoscaler",
            "metadata": { "name": "feast-shop" },
            "spec": {
                "scaleTargetRef": { "name": "feast-shop" }, "minReplicas": 2, "maxReplicas": 9,
                "metrics": [cpu("target", 70), memory],
            },
            "status": { "currentMetrics": [cpu("current", 41)] },
        });
        let found = of(&object, |target| target["name"] == "feast-shop").expect("it scales");
        assert_eq!((found.min, found.max), (Some(2), Some(9)));
        assert_eq!(found.metrics, ["cpu 41 % of 70 %", "memory unknown of 1Gi"]);
        object["spec"]["scaleTargetRef"]["name"] = "other".into();
        assert_eq!(of(&object, |target| target["name"] == "feast-shop"), None);
    }
}
