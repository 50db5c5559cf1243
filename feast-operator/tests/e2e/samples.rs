//! Everything that is published as a sample, and our own examples.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::cluster::{Cluster, eventually};

/// Secrets that the samples refer to and do not bring along.
const SECRETS: &str = include_str!("../../../tests/sdk/secrets.yaml");

#[tokio::test]
async fn samples_come_to_plan_and_rest() {
    let Some(cluster) = Cluster::alone("sample", &[]).await else {
        return;
    };
    let mut stores = Vec::new();
    let mut namespaces = Vec::new();
    for (index, manifest) in manifests().iter().enumerate() {
        let namespace = format!("{}-{index}", cluster.namespace);
        cluster.make_namespace(&namespace).await;
        let text = std::fs::read_to_string(manifest).unwrap();
        for object in objects(SECRETS).into_iter().chain(objects(&text)) {
            if object["kind"] == feast_api::KIND {
                let name = object["metadata"]["name"].as_str().unwrap();
                stores.push((namespace.clone(), name.to_owned()));
            }
            cluster.put(&namespace, object).await;
        }
        namespaces.push(namespace);
    }
    assert!(!stores.is_empty(), "there are examples");

    let operator = cluster.operator().await;
    let mut objects = 0;
    for (namespace, name) in &stores {
        let is_planned = async || cluster.is_planned_in(namespace, name).await;
        objects += eventually(is_planned).await.plan.apply().count();
    }
    println!("{} FeatureStores have {objects} objects", stores.len());
    cluster.rests(&operator).await;
    let writes = cluster.proxy.writes().len();
    operator.stop().await;

    let operator = cluster.operator().await;
    let count = u32::try_from(stores.len()).unwrap();
    eventually(async || match operator.passes().await {
        passes if passes >= count => Ok(()),
        passes => Err(format!("{passes} passes")),
    })
    .await;
    cluster.rests(&operator).await;
    let written = cluster.proxy.writes().split_off(writes);
    assert!(written.is_empty(), "written again: {written:#?}");
    cluster.end_all(operator, &namespaces).await;
}

fn manifests() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let beside = || root.join("../shared/upstream/samples");
    let samples = std::env::var_os("FEAST_SAMPLES_DIR").map_or_else(beside, PathBuf::from);
    let mut manifests = Vec::new();
    for folder in [root.join("examples"), samples] {
        let Ok(files) = std::fs::read_dir(&folder) else {
            println!("skipped: {} is not there", folder.display());
            continue;
        };
        let files = files.map(|file| file.unwrap().path());
        manifests.extend(files.filter(|file| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            name.ends_with(".yaml") && name != "kustomization.yaml"
        }));
    }
    manifests.sort();
    manifests
}

fn objects(manifest: &str) -> Vec<Value> {
    let mut objects: Vec<Value> = serde_saphyr::from_multiple(manifest).unwrap();
    objects.retain(Value::is_object);
    objects
}
