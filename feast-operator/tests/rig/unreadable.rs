//! FeatureStores that an API server stores but their type cannot represent.

use feast_render::DISCOVERY_CONFIG_MAPS;
use serde_json::json;

use crate::rig::{Rig, key};
use crate::stores;

#[tokio::test(start_paused = true)]
async fn it_is_told_and_can_be_deleted() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::all_servers());
    rig.put_store("b", &stores::minimal());
    rig.rests().await;
    // More than 32 bits.
    let unreadable =
        json!({ "spec": { "cronJob": { "failedJobsHistoryLimit": 3_000_000_000_i64 } } });
    rig.server
        .change(|store| store.patch(&key("a"), &unreadable));
    rig.rests().await;
    let store = rig.server.get(&key("a")).unwrap();
    let condition = &store["status"]["conditions"][0];
    assert_eq!(condition["reason"], "Unreadable", "{store:#}");
    let message = condition["message"].as_str().unwrap();
    assert!(
        message.contains("spec.cronJob.failedJobsHistoryLimit"),
        "{message}"
    );
    assert!(store["metadata"]["finalizers"][0].is_string(), "{store:#}");
    rig.is_planned("b");

    rig.delete(&key("a"));
    rig.rests().await;
    assert_eq!(rig.server.get(&key("a")), None);
    for (key, object) in rig.server.store().objects() {
        let key = key.to_string();
        let is_shared = DISCOVERY_CONFIG_MAPS.iter().any(|name| key.ends_with(name));
        let is_entered = is_shared && object.to_string().contains("feast-a-client");
        let is_bound = key.contains("/ClusterRoleBinding/") && key.contains("feast-a");
        assert!(!is_entered && !is_bound, "{key}: {object:#}");
    }
}
