//! All published samples, and our examples.

use std::path::PathBuf;

use feast_api::v1::FeatureStore;
use feast_operator::report::told;
use feast_render::{ObjectRef, failed, render};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use serde_json::json;

use crate::cluster::{Cluster, eventually, objects};

/// Secrets that the samples refer to but do not include.
const SECRETS: &str = include_str!("../../../../tests/sdk/secrets.yaml");

#[tokio::test]
#[ignore = "needs an API server: tests/cluster/run.sh"]
async fn samples_come_to_plan_and_rest() {
    let cluster = Cluster::alone("sample", &["--hardened"]).await;
    let mut stores = Vec::new();
    let mut namespaces = vec![cluster.namespace.clone()];
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
    let mut count = 0;
    for (namespace, name) in &stores {
        count += eventually(async || is_as_foretold(&cluster, namespace, name).await).await;
    }
    for namespace in &namespaces {
        cluster.autoscale(namespace).await;
    }
    println!("{} FeatureStores have {count} objects", stores.len());
    cluster.rests(&operator).await;
    let writes = cluster.proxy.writes().len();
    operator.stop().await;

    let operator = cluster.operator().await;
    let all = u32::try_from(stores.len()).unwrap();
    eventually(async || match operator.passes().await {
        passes if passes >= all => Ok(()),
        passes => Err(format!("{passes} passes")),
    })
    .await;
    cluster.rests(&operator).await;
    let written = cluster.proxy.writes().split_off(writes);
    assert!(written.is_empty(), "written again: {written:#?}");
    cluster.end_all(operator, &namespaces).await;
}

impl Cluster {
    /// Scales automatically scaled Deployments to their minimum, as the autoscaler's controller
    /// would.
    async fn autoscale(&self, namespace: &str) {
        let kind = ObjectRef::new::<HorizontalPodAutoscaler>(Some(namespace), "");
        for autoscaler in self.list(&kind, "").await {
            let spec = &autoscaler["spec"];
            let target = spec["scaleTargetRef"]["name"].as_str().unwrap_or_default();
            let target = ObjectRef::new::<Deployment>(Some(namespace), target);
            let replicas = json!({ "spec": { "replicas": spec["minReplicas"] } });
            self.patch(&target, replicas).await;
        }
    }
}

/// Whether a FeatureStore is as planned, or rejected as rendering predicts; the number of objects.
async fn is_as_foretold(cluster: &Cluster, namespace: &str, name: &str) -> Result<usize, String> {
    let store = ObjectRef::new::<FeatureStore>(Some(namespace), name);
    let store = cluster.feature_store(&store).await?;
    let inputs = cluster.inputs(store.clone()).await;
    let Err(refusal) = render(&inputs) else {
        let rendered = cluster.is_planned_in(namespace, name).await?;
        return Ok(rendered.plan.apply().count());
    };
    let wanted = told(&failed(&inputs, &refusal), store.metadata.generation);
    if store.status != Some(wanted) {
        return Err(format!("{name} says {:#?}", store.status));
    }
    println!("refused: {name}: {refusal}");
    Ok(0)
}

fn manifests() -> Vec<PathBuf> {
    let examples = test_support::workspace().join("examples");
    let folders = [Some(examples), test_support::published("samples")];
    let folders = folders.iter().flatten();
    let files = folders.flat_map(|folder| test_support::files(folder, ".yaml"));
    files
        .filter(|file| !file.ends_with("kustomization.yaml"))
        .collect()
}
