//! Events about what the operator did: few, and none if it did nothing.

use feast_render::NAME_LABEL;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::Api;
use kube::api::PostParams;
use serde_json::{Value, json};

use crate::rig::{NAMESPACE, Rig, own};
use crate::stores;

impl Rig {
    /// Creates a ConfigMap for FeatureStore `a` as the reference would.
    pub(crate) async fn has_of_reference(&self) {
        let map: ConfigMap = serde_json::from_value(json!({
            "metadata": {
                "name": "feast-a-client",
                "labels": { NAME_LABEL: "a", "app.kubernetes.io/managed-by": "feast-operator" },
            },
            "data": { "feature_store.yaml": "", "old.yaml": "" },
        }))
        .unwrap();
        let maps: Api<ConfigMap> = Api::namespaced(self.server.client_of("reference"), NAMESPACE);
        let params = PostParams {
            field_manager: Some("manager".to_owned()),
            ..PostParams::default()
        };
        maps.create(&params, &map).await.unwrap();
    }

    /// Reasons and notes of the existing events.
    fn told(&self) -> Vec<(String, String)> {
        let events = self.server.of_kind("events.k8s.io/v1", "Event");
        let text = |event: &Value, field: &str| event[field].as_str().unwrap().to_owned();
        let told = events.iter();
        let told = told.map(|event| (text(event, "reason"), text(event, "note")));
        told.collect()
    }

    /// The notes with this reason.
    fn told_as(&self, reason: &str) -> Vec<String> {
        let told = self.told().into_iter();
        let told = told.filter(|(found, _)| found == reason);
        told.map(|(_, note)| note).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_done_is_told_once() {
    let mut rig = Rig::start().await;
    rig.put_store("a", &stores::all_servers());
    rig.rests().await;
    let created = rig.told_as("Created");
    assert!(
        created
            .iter()
            .any(|note| note.contains("Deployment feast-a")),
        "{created:?}"
    );
    assert!(rig.told().len() <= 2, "{:?}", rig.told());
    let told = rig.told();
    rig.restart().await;
    Rig::seconds(24 * 3600).await;
    assert_eq!(rig.told(), told);

    let mut fewer = stores::all_servers();
    fewer["services"].as_object_mut().unwrap().remove("ui");
    rig.put_store("a", &fewer);
    rig.rests().await;
    let updated = rig.told_as("Updated");
    assert!(updated[0].contains("Deployment feast-a"), "{updated:?}");
    assert_eq!(rig.told_as("Deleted"), ["Service feast-a-ui"]);
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_over_is_told_as_such() {
    let mut rig = Rig::start().await;
    rig.kill();
    rig.has_of_reference().await;
    rig.restart().await;
    rig.put_store("a", &stores::minimal());
    rig.rests().await;
    rig.is_planned("a");
    assert_eq!(rig.told_as("Adopted"), ["ConfigMap feast-a-client"]);
    let created = rig.told_as("Created").concat();
    let map = own::<ConfigMap>("a-client").name;
    assert!(!created.contains(&format!("ConfigMap {map}")), "{created}");
}
