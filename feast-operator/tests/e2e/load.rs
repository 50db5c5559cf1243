//! Autoscaling by load: with the real controller manager, and metrics from the test.

use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually};
use crate::metrics::{Load, WAITING};
use crate::stores;

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn feature_stores_follow_their_load() {
    let cluster = Cluster::start("load").await;
    let operator = cluster.operator().await;
    let load = Load::start(&cluster).await;
    // One has an autoscaler for its Deployment; the other's replicas are changed by a foreign
    // autoscaler.
    cluster.put_store("own", following_load()).await;
    cluster.put_store("other", stores::scaled(1)).await;
    cluster.put(&cluster.namespace, autoscaler("other")).await;
    // Pods request 200m, with a target of half of that, and ten waiting requests.
    for (millicores, waiting, replicas) in [
        (50, 5, 1),
        (400, 40, 4),
        (900, 200, 5),
        (180, 20, 2),
        (50, 5, 1),
    ] {
        load.uses(millicores);
        load.waits(waiting);
        for name in ["own", "other"] {
            cluster.scales_to(name, replicas).await;
            let budget = cluster.own::<PodDisruptionBudget>(name);
            eventually(async || protects(cluster.get(&budget).await, replicas)).await;
        }
    }
    load.end(&cluster).await;
    cluster.end(operator).await;
}

/// Scales to keep half of the requested CPU in use.
fn following_load() -> Value {
    let mut spec = stores::scaled(1);
    spec.as_object_mut().unwrap().remove("replicas");
    let server = json!({ "resources": { "requests": { "cpu": "100m" } } });
    spec["services"]["onlineStore"]["server"] = server.clone();
    spec["services"]["registry"]["local"]["server"] = server;
    spec["services"]["registry"]["local"]["server"]["restAPI"] = true.into();
    spec["services"]["scaling"]["autoscaling"] = json!({
        "minReplicas": 1,
        "maxReplicas": 5,
        "metrics": [{ "type": "Resource", "resource": {
            "name": "cpu", "target": { "type": "Utilization", "averageUtilization": 50 },
        } }],
        "behavior": { "scaleDown": { "stabilizationWindowSeconds": 0 } },
    });
    spec
}

/// An autoscaler of a FeatureStore, by waiting requests.
fn autoscaler(name: &str) -> Value {
    json!({
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": { "name": name },
        "spec": {
            "scaleTargetRef": { "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": name },
            "minReplicas": 1,
            "maxReplicas": 5,
            "metrics": [{ "type": "External", "external": {
                "metric": { "name": WAITING },
                "target": { "type": "AverageValue", "averageValue": "10" },
            } }],
            "behavior": { "scaleDown": { "stabilizationWindowSeconds": 0 } },
        },
    })
}

/// Whether a disruption budget expects this many pods; for a single pod there may be none.
fn protects(budget: Option<Value>, replicas: i32) -> Result<(), String> {
    let Some(budget) = budget else {
        let is_fine = replicas == 1;
        return is_fine.then_some(()).ok_or_else(|| "no budget".to_owned());
    };
    let status = &budget["status"];
    if status["expectedPods"] == replicas && status["disruptionsAllowed"] == 1 {
        Ok(())
    } else {
        Err(status.to_string())
    }
}
