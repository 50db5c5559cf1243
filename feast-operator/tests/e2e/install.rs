//! The installation manifests, with kubectl and kustomize.

use std::path::Path;

use serde_json::{Value, json};

use crate::cluster::{Cluster, OPERATORS, objects, printed, reference};

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn the_kustomize_base_is_what_manifests_prints_and_the_server_takes_it() {
    let cluster = Cluster::start("install").await;
    let base = test_support::workspace().join("deploy/kustomize");
    let base = base.to_str().unwrap();
    let built = cluster.kubectl(&["kustomize", base]).await.unwrap();
    assert_eq!(sorted(&built), sorted(&printed(&[]).await));
    let apply = [
        "apply",
        "--server-side",
        "--dry-run=server",
        "--force-conflicts",
    ];
    let taken = cluster
        .kubectl(&[&apply[..], &["--namespace", "", "--kustomize", base]].concat())
        .await
        .unwrap();
    assert_eq!(taken.lines().count(), objects(&built).len(), "{taken}");
}

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn an_overlay_moves_the_operator_to_another_namespace() {
    let cluster = Cluster::start("overlay").await;
    let overlay = test_support::workspace().join("target/overlay");
    std::fs::create_dir_all(&overlay).unwrap();
    write(
        &overlay,
        &json!({
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "namespace": "elsewhere",
            "resources": ["../../deploy/kustomize"],
            "images": [{ "name": "feast-operator", "newName": "example.com/mine", "newTag": "1" }],
            "replicas": [{ "name": "feast-operator", "count": 2 }],
        }),
    );
    let overlay = overlay.to_str().unwrap();
    let built = cluster.kubectl(&["kustomize", overlay]).await.unwrap();
    assert!(!built.contains(OPERATORS));
    let wanted = [
        "--operator-namespace=elsewhere",
        "--image=example.com/mine:1",
    ];
    let mut wanted = sorted(&printed(&wanted).await);
    for object in wanted
        .iter_mut()
        .filter(|object| object["kind"] == "Deployment")
    {
        object["spec"]["replicas"] = 2.into();
    }
    assert_eq!(sorted(&built), wanted);
}

fn write(folder: &Path, kustomization: &Value) {
    std::fs::write(folder.join("kustomization.yaml"), kustomization.to_string()).unwrap();
}

/// The objects of a manifest, sorted.
fn sorted(manifest: &str) -> Vec<Value> {
    let mut objects = objects(manifest);
    objects.sort_by_key(reference);
    objects
}
