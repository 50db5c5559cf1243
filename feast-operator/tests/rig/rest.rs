//! Without faults, the operator reaches the expected state, stays there, and leaves nothing behind.

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::{ConfigMap, Service, ServiceAccount};
use serde_json::{Value, json};

use crate::rig::{Rig, key, own};
use crate::stores;

#[tokio::test(start_paused = true)]
async fn it_makes_what_is_rendered_and_rests() {
    let rig = Rig::start().await;
    let lives = [
        ("minimal", stores::minimal()),
        ("scaled", stores::scaled(2)),
        ("full", stores::all_servers()),
        ("autoscaled", stores::autoscaled()),
        ("ahead", ahead()),
    ];
    for (name, spec) in &lives {
        rig.put_store(name, spec);
    }
    rig.rests().await;
    for (name, _) in &lives {
        rig.is_planned(name);
    }
    // A Role belongs to one FeatureStore.
    rig.delete(&key("full"));
    for (_, spec) in &lives {
        rig.put_store("minimal", spec);
        rig.rests().await;
        rig.is_planned("minimal");
    }
    assert_eq!(rig.rests().await, []);
}

/// With fields that the operator's release lacks.
fn ahead() -> Value {
    let tolerations = json!([{ "key": "gpu" }]);
    json!({ "feastProject": "ahead", "services": { "tolerations": tolerations } })
}

#[tokio::test(start_paused = true)]
async fn it_rests_where_roles_are_called_like_its_own() {
    let rig = Rig::start().await;
    let roles = ["", "-cronjob", "-batch-engine"].map(|role| format!("feast-a{role}"));
    let authz = json!({ "kubernetes": { "roles": roles } });
    rig.put_store("a", &json!({ "feastProject": "a", "authz": authz }));
    rig.rests().await;
    rig.is_planned("a");
    assert_eq!(rig.rests().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_new_operator_finds_nothing_to_do() {
    let mut rig = Rig::start().await;
    rig.put_store("a", &stores::all_servers());
    rig.put_store("b", &stores::scaled(3));
    rig.rests().await;
    rig.restart().await;
    assert_eq!(rig.rests().await, []);
    rig.is_planned("a");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_what_is_deleted() {
    let rig = Rig::start().await;
    let before = rig.server.store().objects().len();
    rig.put_store("a", &stores::all_servers());
    rig.put_store("b", &stores::scaled(3));
    rig.rests().await;
    for name in ["a", "b"] {
        rig.delete(&key(name));
    }
    rig.rests().await;
    let store = rig.server.store();
    let left = store.objects().keys().filter(|key| key.kind != "Event");
    let left: Vec<_> = left.map(ToString::to_string).collect();
    let shared = left.iter().filter(|key| key.contains("/operators/"));
    let roles = left.iter().filter(|key| key.contains("/ClusterRole/"));
    assert_eq!(
        left.len(),
        before + shared.count() + roles.count(),
        "{left:#?}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_others_change_is_restored() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::scaled(2));
    rig.rests().await;
    let deployment = own::<Deployment>("a");
    let service = own::<Service>("a-online");
    rig.server.change(|store| {
        store.scale(&deployment, 7);
        store.patch(
            &service,
            &json!({ "spec": { "selector": { "feast.dev/name": "b" } } }),
        );
        store.delete(&own::<ServiceAccount>("a"));
        store.delete(&own::<ConfigMap>("a-client"));
    });
    rig.rests().await;
    rig.is_planned("a");
    rig.delete(&deployment);
    rig.rests().await;
    rig.is_planned("a");
    let theirs = json!({ "metadata": { "labels": { "theirs": "1" } } });
    rig.server.change(|store| store.patch(&service, &theirs));
    assert_eq!(rig.rests().await, [], "labels of others are theirs");
}
