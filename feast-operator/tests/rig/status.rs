//! The status if objects cannot be created or stored.

use feast_render::ObjectRef;
use feast_testing::cluster::Key;
use k8s_openapi::api::rbac::v1::Role;
use serde_json::{Value, json};

use crate::rig::{NAMESPACE, Rig, key};

fn with_roles(roles: &[&str]) -> Value {
    json!({ "feastProject": "a", "authz": { "kubernetes": { "roles": roles } } })
}

#[tokio::test(start_paused = true)]
async fn names_that_no_path_can_have_are_refused_in_the_words_of_the_server() {
    let rig = Rig::start().await;
    for name in [".", "..", "a/b", "a%2Fb"] {
        rig.put_store("a", &with_roles(&[name]));
        rig.rests().await;
        let (phase, message) = rig.says("a");
        assert_eq!(phase, "Failed", "{name}");
        let words = format!("metadata.name: Invalid value: \"{name}\": may not ");
        assert!(message.contains(&words), "{message}");
    }
    rig.put_store("a", &with_roles(&[]));
    rig.rests().await;
    rig.is_planned("a");
}

#[tokio::test(start_paused = true)]
async fn all_other_names_of_roles_can_be_asked_for() {
    let rig = Rig::start().await;
    let names = ["a b", "a?b#c", "a+b:c", "é"];
    let roles = || {
        let role = |name| Key::from(&ObjectRef::new::<Role>(Some(NAMESPACE), name));
        names.into_iter().map(role)
    };
    rig.put_store("a", &with_roles(&names));
    rig.rests().await;
    rig.is_planned("a");
    assert!(roles().all(|role| rig.server.get(&role).is_some()));
    rig.put_store("a", &with_roles(&[]));
    rig.rests().await;
    assert!(roles().all(|role| rig.server.get(&role).is_none()));
}

/// With a claim of this size.
fn with_claim(storage: &str) -> Value {
    let resources = json!({ "requests": { "storage": storage } });
    let claim = json!({ "create": { "resources": resources }, "mountPath": "/data" });
    let online = json!({ "persistence": { "file": { "pvc": claim } } });
    json!({ "feastProject": "a", "services": { "onlineStore": online } })
}

#[tokio::test(start_paused = true)]
async fn a_claim_may_be_another_by_way_of_none() {
    let mut rig = Rig::start().await;
    rig.put_store("a", &with_claim("1Gi"));
    rig.rests().await;
    rig.is_planned("a");
    rig.kill();
    rig.put_store("a", &json!({ "feastProject": "a" }));
    rig.put_store("a", &with_claim("2Gi"));
    rig.restart().await;
    rig.rests().await;
    rig.is_planned("a");
}

#[tokio::test(start_paused = true)]
async fn a_message_is_not_longer_than_can_be_stored() {
    let rig = Rig::start().await;
    let secret = json!({ "secretRef": { "name": "é".repeat(40_000) }, "type": "sql" });
    let registry = json!({ "local": { "persistence": { "store": secret } } });
    let spec = json!({ "feastProject": "a", "services": { "registry": registry } });
    rig.put_store("a", &spec);
    rig.rests().await;
    let (phase, message) = rig.says("a");
    assert_eq!(phase, "Failed");
    assert!(message.ends_with('…'));
}

#[tokio::test(start_paused = true)]
async fn conditions_say_what_they_are_about() {
    let rig = Rig::start().await;
    let about = || {
        let store = rig.server.get(&key("a")).unwrap();
        let conditions = store["status"]["conditions"].as_array().unwrap().clone();
        let generations = conditions
            .iter()
            .map(|one| one["observedGeneration"].clone());
        let generation = store["metadata"]["generation"].clone();
        (generations.collect::<Vec<_>>(), generation)
    };
    for spec in [with_roles(&["a"]), with_roles(&["b"])] {
        rig.put_store("a", &spec);
        rig.rests().await;
        let (generations, generation) = about();
        assert!(generations.iter().all(|one| *one == generation));
    }
    // Conditions that it did not reach keep their generation.
    let (_, before) = about();
    rig.put_store("a", &with_roles(&["."]));
    rig.rests().await;
    let (generations, generation) = about();
    assert!(generations.contains(&before) && generations.contains(&generation));

    let limit = json!({ "failedJobsHistoryLimit": 3_000_000_000_i64 });
    let unreadable = json!({ "spec": { "cronJob": limit } });
    rig.server
        .change(|store| store.patch(&key("a"), &unreadable));
    rig.rests().await;
    let (generations, generation) = about();
    assert_eq!(generations, [generation]);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_stored_is_not_tried_again_and_again() {
    let rig = Rig::start().await;
    let file = json!({ "file": { "s3_additional_kwargs": {} } });
    let registry = json!({ "local": { "persistence": file } });
    let refused = json!({ "feastProject": "a", "services": { "registry": registry } });
    rig.put_store("a", &refused);
    Rig::seconds(60).await;
    assert_eq!(rig.says("a").0, "Ready");
    assert_eq!(
        rig.server.get(&key("a")).unwrap()["status"]["applied"],
        Value::Null
    );
    let writes = rig.server.writes().len();
    Rig::seconds(24 * 3600).await;
    assert_eq!(rig.server.writes().len(), writes);

    rig.put_store("a", &with_claim("1Gi"));
    rig.rests().await;
    rig.is_planned("a");
}
