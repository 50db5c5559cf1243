//! Faults.

use std::time::Duration;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Service, ServiceAccount};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use crate::cluster::{Cluster, eventually};
use crate::proxy::Faults;
use crate::stores;

/// Specs that alternately need and no longer need objects.
fn lives() -> [Value; 4] {
    [
        stores::scaled(3),
        stores::all_servers(),
        stores::autoscaled(),
        stores::minimal(),
    ]
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn killed_at_any_moment_it_gets_there() {
    let cluster = Cluster::start("killed").await;
    let mut random = fastrand::Rng::with_seed(9);
    let mut operator = cluster.operator().await;
    let mut interrupted = 0;
    for round in 0..16 {
        let before = cluster.proxy.writes().len();
        cluster.put_store("a", lives()[round % 4].clone()).await;
        let so_many = before + random.usize(..12);
        let written = async {
            while cluster.proxy.writes().len() < so_many {
                sleep(Duration::from_millis(2)).await;
            }
        };
        // Or it has already finished.
        let _ = timeout(Duration::from_millis(700), written).await;
        operator.kill().await;
        interrupted += usize::from(cluster.is_planned("a").await.is_err());
        operator = cluster.operator().await;
    }
    println!("{interrupted} of 16 changes interrupted");
    assert!(interrupted > 3, "it is killed at work");
    eventually(async || cluster.is_planned("a").await).await;
    cluster.rests(&operator).await;
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn a_server_that_fails_and_is_slow_delays_only() {
    let cluster = Cluster::start("failing").await;
    let operator = cluster.operator().await;
    cluster.proxy.set(Faults {
        refused: 5,
        cut: 2,
        lost: 3,
        delay: Duration::from_millis(200),
    });
    for spec in lives() {
        cluster.put_store("a", spec).await;
        eventually(async || cluster.is_planned("a").await).await;
    }
    cluster.proxy.set(Faults::default());
    let failed = cluster.proxy.exchanges().into_iter().filter(|exchange| {
        let answer = exchange.answer.unwrap_or_default();
        answer.is_client_error() || answer.is_server_error()
    });
    assert!(failed.count() > 3, "requests fail");
    cluster.rests(&operator).await;
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn what_others_change_is_restored() {
    let cluster = Cluster::start("drift").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::scaled(2)).await;
    eventually(async || cluster.is_planned("a").await).await;

    let deployment = cluster.own::<Deployment>("a");
    let service = cluster.own::<Service>("a-online");
    cluster
        .patch(&deployment, json!({ "spec": { "replicas": 7 } }))
        .await;
    cluster
        .patch(
            &service,
            json!({ "spec": { "selector": { "feast.dev/name": "b" } } }),
        )
        .await;
    cluster.delete(&cluster.own::<ServiceAccount>("a")).await;
    cluster.delete(&cluster.own::<ConfigMap>("a-client")).await;
    eventually(async || cluster.is_planned("a").await).await;
    cluster.delete(&deployment).await;
    eventually(async || cluster.is_planned("a").await).await;

    cluster.rests(&operator).await;
    let writes = cluster.proxy.writes().len();
    let theirs = json!({ "metadata": { "labels": { "theirs": "1" } } });
    cluster.patch(&service, theirs).await;
    cluster.rests(&operator).await;
    assert_eq!(
        cluster.proxy.writes().len(),
        writes,
        "labels of others are theirs"
    );
    let kept = cluster.get(&service).await.unwrap();
    assert_eq!(kept["metadata"]["labels"]["theirs"], "1");
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn an_object_of_somebody_else_is_left_alone() {
    let cluster = Cluster::start("foreign").await;
    let operator = cluster.operator().await;
    let owner = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "owner" } });
    cluster.put(&cluster.namespace, owner).await;
    let owner = cluster
        .get(&cluster.object("v1", "ConfigMap", "owner"))
        .await
        .unwrap();
    let name = "feast-a-online";
    let theirs = json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": { "name": name, "namespace": cluster.namespace, "ownerReferences": [{
            "apiVersion": "v1", "kind": "ConfigMap", "name": "owner",
            "uid": owner["metadata"]["uid"], "controller": true,
        }] },
        "spec": { "ports": [{ "port": 1 }] },
    });
    cluster.create(&theirs, "somebody").await;
    let service = cluster.object("v1", "Service", name);
    let before = cluster.get(&service).await;

    cluster.put_store("a", stores::minimal()).await;
    eventually(async || cluster.is_refused("a", &["Service", name, "owner"]).await).await;
    assert_eq!(cluster.get(&service).await, before);
    cluster.delete(&service).await;
    eventually(async || cluster.is_planned("a").await).await;
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn an_object_of_nobody_is_taken() {
    let cluster = Cluster::start("unowned").await;
    let operator = cluster.operator().await;
    let left = json!({
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": { "name": "feast-a-client", "namespace": cluster.namespace },
        "data": { "feature_store.yaml": "project: old", "notes": "kept" },
    });
    cluster.create(&left, "somebody").await;
    cluster.put_store("a", stores::minimal()).await;
    let parts = ["ConfigMap", "feast-a-client", "conflict with \"somebody\""];
    eventually(async || cluster.is_refused("a", &parts).await).await;
    let map = cluster.own::<ConfigMap>("a-client");
    let given_up = json!({ "data": { "feature_store.yaml": null } });
    cluster.patch(&map, given_up).await;
    eventually(async || cluster.is_planned("a").await).await;
    let taken = cluster.get(&map).await.unwrap();
    assert_eq!(taken["data"]["notes"], "kept");
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn a_refusal_of_the_server_is_told_and_stops_nobody_else() {
    let cluster = Cluster::start("refused").await;
    let operator = cluster.operator().await;
    // A Service cannot have this name.
    cluster.put_store("a.b", stores::minimal()).await;
    cluster.put_store("good", stores::minimal()).await;
    eventually(async || cluster.is_planned("good").await).await;
    let parts = ["Service", "feast-a.b-online", "metadata.name"];
    eventually(async || cluster.is_refused("a.b", &parts).await).await;
    cluster.end(operator).await;
}

impl Cluster {
    /// Whether status and an event report a rejection, with all these parts.
    async fn is_refused(&self, name: &str, parts: &[&str]) -> Result<(), String> {
        let store = self.feature_store(&self.store(name)).await?;
        let status = serde_json::to_value(&store.status).unwrap();
        let conditions = status["conditions"].as_array().into_iter().flatten();
        let told = |text: &Value| {
            let text = text.as_str().unwrap_or_default();
            parts.iter().all(|part| text.contains(part))
        };
        if status["phase"] != "Failed"
            || !conditions
                .into_iter()
                .any(|condition| told(&condition["message"]))
        {
            return Err(format!("{status:#}"));
        }
        let kind = self.object("events.k8s.io/v1", "Event", "");
        let events = self.list(&kind, "").await;
        let about =
            |event: &&Value| event["regarding"]["name"] == name && event["reason"] == "Refused";
        let mut events = events.iter().filter(about);
        if events.any(|event| told(&event["note"])) {
            return Ok(());
        }
        Err(format!("no event says so of {name}"))
    }
}
