//! Changes of a FeatureStore during its life.

use axum::http::Method;
use feast_operator::finalizer::FINALIZER;
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Secret, Service};
use k8s_openapi::api::rbac::v1::{Role, RoleBinding};
use serde_json::{Value, json};

use crate::cluster::{Cluster, eventually};
use crate::stores;

/// Whether a FeatureStore's phase is `Failed`, with this message.
async fn fails(cluster: &Cluster, name: &str, message: &str) -> Result<(), String> {
    let store = cluster.feature_store(&cluster.store(name)).await?;
    let status = serde_json::to_value(&store.status).unwrap();
    let told = status["conditions"].to_string();
    if status["phase"] == "Failed" && told.contains(message) {
        Ok(())
    } else {
        Err(format!("{status:#}"))
    }
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn a_service_is_removed() {
    let cluster = Cluster::start("service").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::all_servers()).await;
    eventually(async || cluster.is_planned("a").await).await;
    let service = |server: &str| cluster.own::<Service>(&format!("a-{server}"));
    for server in ["offline", "online", "registry", "registry-rest", "ui"] {
        assert!(cluster.get(&service(server)).await.is_some(), "{server}");
    }
    cluster.put_store("a", stores::minimal()).await;
    eventually(async || cluster.is_planned("a").await).await;
    for server in ["offline", "registry", "registry-rest", "ui"] {
        assert!(cluster.get(&service(server)).await.is_none(), "{server}");
    }
    let claim = cluster.own::<PersistentVolumeClaim>("a-online");
    let claim = cluster.get(&claim).await.unwrap_or(Value::Null);
    let is_going = !claim["metadata"]["deletionTimestamp"].is_null();
    assert!(claim.is_null() || is_going, "{claim:#}");
    let deletions = cluster.proxy.writes().into_iter().filter(|write| {
        write.method == Method::DELETE && write.target.contains("persistentvolumeclaims")
    });
    assert_eq!(deletions.count(), 1, "a claim is deleted once");
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn authorization_changes() {
    let cluster = Cluster::start("authz").await;
    let operator = cluster.operator().await;
    let mut spec = stores::minimal();
    let modes = [
        (
            json!({ "kubernetes": { "roles": ["reader", "writer"] } }),
            1,
        ),
        (
            json!({ "oidc": { "issuerUrl": "https://issuer.example" } }),
            0,
        ),
        (json!({ "noAuth": true }), 0),
        (json!({ "kubernetes": {} }), 1),
    ];
    for (authz, bindings) in modes {
        spec["authz"] = authz.clone();
        cluster.put_store("a", spec.clone()).await;
        eventually(async || cluster.is_planned("a").await).await;
        let roles = cluster
            .list(&cluster.own::<Role>("a"), "feast.dev/name=a")
            .await;
        let bound = cluster.get(&cluster.own::<RoleBinding>("a")).await;
        assert_eq!(
            usize::from(bound.is_some()),
            bindings,
            "{authz}: {roles:#?}"
        );
    }
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn a_secret_is_edited() {
    let cluster = Cluster::start("secret").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::scaled(2)).await;
    eventually(async || cluster.is_planned("a").await).await;

    let mut secret = stores::secret();
    secret["stringData"]["postgres"] = "host: elsewhere\n".into();
    cluster.put(&cluster.namespace, secret).await;
    eventually(async || match cluster.is_planned("a").await? {
        rendered if rendered.documents.service.yaml().contains("elsewhere") => Ok(()),
        _ => Err("the old host".to_owned()),
    })
    .await;

    cluster
        .delete(&cluster.object("v1", "Secret", "stores"))
        .await;
    eventually(async || fails(&cluster, "a", "\\\"stores\\\" not found").await).await;
    cluster.put(&cluster.namespace, stores::secret()).await;
    eventually(async || cluster.is_planned("a").await).await;
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn a_feature_store_waits_for_the_one_it_refers_to() {
    let cluster = Cluster::start("chain").await;
    let operator = cluster.operator().await;
    let refers_to = |name: &str| {
        let registry = json!({ "remote": { "feastRef": { "name": name } } });
        json!({ "feastProject": "credit_scoring", "services": { "registry": registry } })
    };
    cluster.put_store("far", refers_to("base")).await;
    eventually(async || fails(&cluster, "far", "'base' was not found").await).await;

    let base = json!({
        "feastProject": "credit_scoring",
        "services": { "registry": { "local": { "server": {} } } },
    });
    cluster.put_store("base", base).await;
    for name in ["base", "far"] {
        eventually(async || cluster.is_planned(name).await).await;
    }
    cluster.delete(&cluster.store("base")).await;
    eventually(async || fails(&cluster, "far", "'base' was not found").await).await;
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn what_is_shared_is_cleaned_up_even_after_the_operator_was_gone() {
    let cluster = Cluster::start("deletion").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::all_servers()).await;
    let rendered = eventually(async || cluster.is_planned("a").await).await;
    assert!(!rendered.plan.cluster_role_bindings.is_empty());
    assert!(!rendered.plan.discovery_config_maps.is_empty());
    operator.stop().await;

    let store = cluster.store("a");
    cluster.delete(&store).await;
    let found = cluster.get(&store).await.unwrap();
    assert_eq!(found["metadata"]["finalizers"], json!([FINALIZER]));

    let operator = cluster.operator().await;
    eventually(async || cluster.is_clean(&cluster.namespace).await).await;
    cluster.end(operator).await;
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn finalizers_are_removed_on_demand() {
    let cluster = Cluster::start("finalizer").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::minimal()).await;
    eventually(async || cluster.is_planned("a").await).await;
    let finalizers = async || {
        let store = cluster.feature_store(&cluster.store("a")).await.unwrap();
        store.metadata.finalizers.clone().unwrap_or_default()
    };
    assert_eq!(finalizers().await, [FINALIZER]);
    operator.stop().await;

    let operator = cluster.operator_with(&["--no-finalizers"]).await;
    eventually(async || match &finalizers().await[..] {
        [] => Ok(()),
        left => Err(format!("{left:?}")),
    })
    .await;
    operator.stop().await;
    let operator = cluster.operator().await;
    eventually(async || match &finalizers().await[..] {
        [] => Err("no finalizer".to_owned()),
        _ => Ok(()),
    })
    .await;
    cluster.end(operator).await;
}

/// Documents in Secrets are not in Deployments.
#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn credentials_are_in_secrets_only() {
    let cluster = Cluster::start("hidden").await;
    let operator = cluster.operator().await;
    cluster.put_store("a", stores::scaled(2)).await;
    let rendered = eventually(async || cluster.is_planned("a").await).await;
    for object in rendered.plan.apply() {
        let reference = object.reference();
        let found = cluster.get(&reference).await.unwrap_or(Value::Null);
        let is_secret = reference.kind == "Secret";
        assert!(
            is_secret || !found.to_string().contains("change-me"),
            "{reference}"
        );
    }
    assert!(
        cluster
            .get(&cluster.own::<Secret>("a-feature-store-yaml"))
            .await
            .is_some()
    );
    cluster.end(operator).await;
}
