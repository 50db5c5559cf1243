//! A paused FeatureStore is left unchanged.

use feast_operator::PAUSED;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Value, json};

use crate::rig::{Rig, key, own};
use crate::stores;

fn annotate(rig: &Rig, value: &Value) {
    let annotations = json!({ "metadata": { "annotations": { PAUSED: value } } });
    rig.server
        .change(|store| store.patch(&key("a"), &annotations));
}

#[tokio::test(start_paused = true)]
async fn until_it_is_paused_no_longer() {
    let mut rig = Rig::start().await;
    rig.put_store("a", &stores::minimal());
    rig.put_store("b", &stores::minimal());
    rig.rests().await;
    annotate(&rig, &json!("true"));
    let edit = json!({ "spec": { "services": { "ui": {} } } });
    rig.server.change(|store| {
        store.patch(&key("a"), &edit);
        store.scale(&own::<Deployment>("a"), 0);
        store.delete(&own::<ConfigMap>("a-client"));
    });
    assert_eq!(rig.rests().await, []);
    rig.restart().await;
    assert_eq!(rig.rests().await, []);
    rig.put_store("b", &stores::scaled(2));
    rig.rests().await;
    rig.is_planned("b");

    for no_longer in [json!("false"), Value::Null] {
        annotate(&rig, &no_longer);
        rig.rests().await;
        rig.is_planned("a");
        annotate(&rig, &json!("true"));
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_deleted_goes() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::all_servers());
    rig.rests().await;
    annotate(&rig, &json!("true"));
    rig.delete(&key("a"));
    rig.rests().await;
    assert_eq!(rig.server.get(&key("a")), None);
    rig.has_nothing_of(&["a"]);
}
