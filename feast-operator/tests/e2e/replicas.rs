//! Replicas of FeatureStores.

use k8s_openapi::api::apps::v1::Deployment;
use serde_json::Value;

use crate::cluster::{Cluster, eventually};

impl Cluster {
    /// Scales a FeatureStore with kubectl.
    pub(crate) async fn scale(&self, name: &str, replicas: i32) -> Result<String, String> {
        let store = format!("featurestore/{name}");
        let replicas = format!("--replicas={replicas}");
        self.kubectl(&["scale", &store, &replicas]).await
    }

    /// The replicas in a Deployment's spec.
    pub(crate) async fn replicas(&self, name: &str) -> Value {
        let deployment = self.own::<Deployment>(name);
        let found = self.get(&deployment).await;
        found.map_or(Value::Null, |found| found["spec"]["replicas"].clone())
    }

    /// Waits until a FeatureStore has this many replicas, and reports it.
    pub(crate) async fn scales_to(&self, name: &str, replicas: i32) {
        eventually(async || self.has_scaled(name, replicas).await).await;
    }

    /// Whether it has, once its pods run.
    pub(crate) async fn has_scaled(&self, name: &str, replicas: i32) -> Result<(), String> {
        self.run_pods().await;
        let rendered = self.is_planned(name).await?;
        let found = self.replicas(name).await;
        let ready = rendered.status.replicas;
        let phase = rendered.status.phase.as_deref();
        if found == replicas && ready == Some(replicas) && phase == Some("Ready") {
            Ok(())
        } else {
            Err(format!(
                "{found} of {replicas} replicas, {ready:?} ready, {phase:?}"
            ))
        }
    }
}
