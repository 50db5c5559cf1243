//! Replacing Feast's Go operator.

use feast_operator::REFERENCE_MANAGER;
use feast_render::{Object, render};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually};
use crate::stores;

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn objects_of_the_reference_are_taken_over_without_a_restart() {
    let namespace = format!("adoption-{}", std::process::id());
    let flags = ["--namespace", &namespace];
    let cluster = Cluster::alone("adoption", &flags).await;
    // The reference keeps its ClusterRoleBinding, whose name lacks the namespace.
    let name = namespace.as_str();
    let mut spec = stores::scaled(2);
    spec["services"]["onlineStore"]["server"] =
        json!({ "env": [{ "name": "EXTRA", "value": "1" }], "logLevel": "debug" });
    cluster.put_store(name, spec).await;
    let store = cluster.feature_store(&cluster.store(name)).await.unwrap();
    let rendered = render(&cluster.inputs(store.clone()).await).unwrap();
    let objects: Vec<_> = rendered.plan.apply().collect();
    for object in &objects {
        // Shared objects may exist already.
        if cluster.get(&object.reference()).await.is_none() {
            cluster.create_as_reference(&object.to_value()).await;
        }
    }
    let deployment = cluster.own::<Deployment>(name);
    eventually(async || {
        cluster.run_pods().await;
        match cluster.get(&deployment).await {
            Some(found) if found["status"]["readyReplicas"] == 2 => Ok(()),
            found => Err(format!("{found:#?}")),
        }
    })
    .await;
    let before = cluster.get(&deployment).await.unwrap();
    let pods = pods(&cluster).await;

    let operator = cluster.operator().await;
    eventually(async || {
        cluster.is_planned(name).await?;
        are_taken_over(&cluster, &objects).await
    })
    .await;
    let after = cluster.get(&deployment).await.unwrap();
    assert_eq!(after["spec"], before["spec"]);
    assert_eq!(
        after["metadata"]["generation"],
        before["metadata"]["generation"]
    );
    assert_eq!(self::pods(&cluster).await, pods);

    // Fields of the reference can be removed, so they are now ours.
    cluster.put_store(name, stores::scaled(2)).await;
    eventually(async || {
        cluster.is_planned(name).await?;
        match cluster.get(&deployment).await.unwrap()["spec"].to_string() {
            spec if spec.contains("EXTRA") => Err(spec),
            _ => Ok(()),
        }
    })
    .await;
    cluster.end(operator).await;
}

/// Reacting to each other, they would overwrite shared objects forever.
#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn feature_stores_of_one_name_rest_as_with_the_reference() {
    let namespace = format!("rivals-{}", std::process::id());
    let other = format!("{namespace}-other");
    let flags = ["--namespace", &namespace, "--namespace", &other];
    let cluster = Cluster::alone("rivals", &flags).await;
    let operator = cluster.operator().await;
    for name in ["a", "b"] {
        cluster.put_store(name, stores::all_servers()).await;
        let spec =
            json!({ "feastProject": "x", "authz": { "oidc": { "issuerUrl": "https://x" } } });
        let store = stores::store(name, &spec);
        cluster.put(&other, store).await;
    }
    cluster.rests(&operator).await;
    cluster.end_all(operator, &[namespace, other]).await;
}

/// Whether the reference owns no fields any longer.
async fn are_taken_over(cluster: &Cluster, objects: &[Object<'_>]) -> Result<(), String> {
    for object in objects {
        let found = cluster.get(&object.reference()).await.unwrap();
        let managed = found["metadata"]["managedFields"].as_array().unwrap();
        let is_theirs = |entry: &&Value| {
            entry["manager"] == REFERENCE_MANAGER && entry["subresource"].is_null()
        };
        if let Some(theirs) = managed.iter().find(is_theirs) {
            return Err(format!("{object:?}: {theirs:#}"));
        }
    }
    Ok(())
}

/// The existing pods.
async fn pods(cluster: &Cluster) -> Vec<Value> {
    let pods = cluster.list(&cluster.own::<Pod>(""), "").await;
    pods.iter()
        .map(|pod| pod["metadata"]["uid"].clone())
        .collect()
}
