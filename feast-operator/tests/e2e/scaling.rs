//! `kubectl scale` and autoscalers, and what kubectl shows of them.

use feast_validate::{Rejection, Request, Validator};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kube::api::{Patch, PatchParams};
use serde_json::json;

use crate::cluster::{Cluster, eventually};
use crate::stores;

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn kubectl_scales_a_feature_store() {
    let cluster = Cluster::start("scale").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::scaled(1)).await;
    cluster.scales_to("a", 1).await;
    for replicas in [3, 5, 1] {
        cluster.scale("a", replicas).await.unwrap();
        cluster.scales_to("a", replicas).await;
        let budget = cluster.get(&cluster.own::<PodDisruptionBudget>("a")).await;
        assert_eq!(budget.is_some(), replicas > 1, "{replicas} replicas");
    }
    let shown = cluster
        .kubectl(&["get", "featurestore", "a"])
        .await
        .unwrap();
    let shown: Vec<Vec<_>> = shown
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(shown[0], ["NAME", "STATUS", "AGE"]);
    assert_eq!(shown[1][..2], ["a", "Ready"]);
    let told = cluster
        .kubectl(&["explain", "featurestore.spec.replicas"])
        .await;
    let told = told.unwrap();
    assert!(told.contains("replicas <integer>"), "{told}");
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn rejections_of_scaling_are_predicted() {
    let cluster = Cluster::start("refusal").await;
    let operator = cluster.operator().await;
    cluster.put_store("file", stores::minimal()).await;
    cluster.put_store("auto", stores::autoscaled()).await;
    for name in ["file", "auto"] {
        eventually(async || cluster.is_planned(name).await).await;
        let store = cluster.get(&cluster.store(name)).await.unwrap();
        let foretold = Validator::v1().run(Request::scale(&store, 3));
        let foretold = foretold.rejection().map(Rejection::violations);
        let refusal = cluster.scale(name, 3).await.unwrap_err();
        for violation in foretold.expect("a rejection") {
            let violation = violation.to_string();
            assert!(refusal.contains(&violation), "{violation}\n{refusal}");
        }
    }
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn an_autoscaler_of_the_feature_store_scales_its_deployment() {
    let cluster = Cluster::start("hpa").await;
    let operator = cluster.operator().await;
    for (name, replicas, least, most) in [("low", 1, 3, 4), ("high", 5, 1, 2)] {
        cluster.put_store(name, stores::scaled(replicas)).await;
        let target = json!({ "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": name });
        let autoscaler = json!({
            "apiVersion": "autoscaling/v2",
            "kind": "HorizontalPodAutoscaler",
            "metadata": { "name": name },
            "spec": { "scaleTargetRef": target, "minReplicas": least, "maxReplicas": most },
        });
        cluster.put(&cluster.namespace, autoscaler).await;
    }
    cluster.scales_to("low", 3).await;
    cluster.scales_to("high", 2).await;
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn autoscaling_goes_on_and_off() {
    let cluster = Cluster::start("auto").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::scaled(3)).await;
    cluster.scales_to("a", 3).await;

    cluster.put_store("a", stores::autoscaled()).await;
    eventually(async || cluster.is_planned("a").await).await;
    let autoscaler = cluster.own::<HorizontalPodAutoscaler>("a");
    assert!(cluster.get(&autoscaler).await.is_some());
    // Scales the Deployment like the autoscaler's controller.
    let deployment = cluster.own::<Deployment>("a");
    let replicas = Patch::Merge(json!({ "spec": { "replicas": 4 } }));
    let scaled = cluster
        .api(&deployment)
        .patch_scale(&deployment.name, &PatchParams::default(), &replicas)
        .await;
    scaled.unwrap();
    cluster.rests(&operator).await;
    assert_eq!(cluster.replicas("a").await, 4, "they are the autoscaler's");

    cluster.put_store("a", stores::scaled(2)).await;
    cluster.scales_to("a", 2).await;
    assert!(cluster.get(&autoscaler).await.is_none());
    cluster.end(operator).await;
}
