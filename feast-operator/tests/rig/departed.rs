//! A FeatureStore that lost its finalizer is still removed from shared objects.

use serde_json::{Value, json};

use crate::rig::{Rig, key};
use crate::stores;

/// Cluster-scoped, and therefore without an owner.
const BINDING: (&str, &str) = ("rbac.authorization.k8s.io/v1", "ClusterRoleBinding");

/// Removes a FeatureStore's finalizers.
fn give_up(rig: &Rig) {
    let none = json!({ "metadata": { "finalizers": null } });
    rig.server.change(|store| store.patch(&key("a"), &none));
}

async fn with_a_and_b() -> Rig {
    let rig = Rig::start().await;
    for name in ["a", "b"] {
        rig.put_store(name, &stores::all_servers());
    }
    rig.rests().await;
    let finalizers = &rig.server.get(&key("a")).unwrap()["metadata"]["finalizers"];
    assert!(finalizers[0].is_string(), "{finalizers}");
    rig
}

async fn is_taken_out(rig: &Rig) {
    rig.rests().await;
    rig.has_nothing_of(&["a"]);
    rig.is_planned("b");
}

#[tokio::test(start_paused = true)]
async fn at_once() {
    let rig = with_a_and_b().await;
    rig.server.watches().hold();
    give_up(&rig);
    rig.delete(&key("a"));
    rig.server.watches().release();
    is_taken_out(&rig).await;
}

#[tokio::test(start_paused = true)]
async fn after_it_was_replaced_by_what_is_refused() {
    let rig = with_a_and_b().await;
    let secret = json!({ "secretRef": { "name": "nowhere" }, "type": "sql" });
    let registry = json!({ "local": { "persistence": { "store": secret } } });
    let refused = json!({ "feastProject": "a", "services": { "registry": registry } });
    rig.put_store("a", &refused);
    rig.rests().await;
    assert_eq!(rig.says("a").0, "Failed");
    rig.delete(&key("a"));
    is_taken_out(&rig).await;
}

#[tokio::test(start_paused = true)]
async fn when_it_does_not_fit_its_type() {
    let rig = with_a_and_b().await;
    let limit = json!({ "failedJobsHistoryLimit": 3_000_000_000_i64 });
    let unreadable = json!({ "spec": { "cronJob": limit } });
    rig.server
        .change(|store| store.patch(&key("a"), &unreadable));
    give_up(&rig);
    rig.rests().await;
    rig.delete(&key("a"));
    is_taken_out(&rig).await;
}

#[tokio::test(start_paused = true)]
async fn while_no_operator_is_there() {
    let mut rig = with_a_and_b().await;
    rig.kill();
    give_up(&rig);
    rig.delete(&key("a"));
    rig.restart().await;
    is_taken_out(&rig).await;
}

/// The name of its binding lacks the namespace, but its subject has it.
#[tokio::test(start_paused = true)]
async fn after_it_was_made_as_the_reference_makes_it() {
    let reference = Rig::with_flags(&["--corrections=none"]).await;
    reference.put_store("a", &stores::all_servers());
    reference.rests().await;
    let mut rig = Rig::start().await;
    rig.server = reference.server.clone();
    drop(reference);
    rig.put_store("b", &stores::all_servers());
    rig.restart().await;
    rig.rests().await;
    rig.delete(&key("a"));
    rig.rests().await;
    let bindings = rig.server.of_kind(BINDING.0, BINDING.1);
    let mut names = bindings
        .iter()
        .map(|binding| &binding["metadata"]["labels"]["feast.dev/name"]);
    assert!(names.all(|name| name == "b"), "{bindings:#?}");
    rig.is_planned("b");
}

#[tokio::test(start_paused = true)]
async fn nobody_is_taken_out_of_a_namespace_that_is_not_looked_after() {
    let rig = with_a_and_b().await;
    let bindings = |rig: &Rig| rig.server.of_kind(BINDING.0, BINDING.1).len();
    let before = bindings(&rig);
    let flags = ["--hardened", "--namespace", "elsewhere"];
    let mut elsewhere = Rig::with_flags(&flags).await;
    elsewhere.server = rig.server.clone();
    elsewhere.restart().await;
    drop(rig);
    assert_eq!(elsewhere.rests().await, []);
    assert_eq!(bindings(&elsewhere), before);
    let named = |maps: &[Value]| json!(maps).to_string().contains("feast-a-client");
    assert!(named(&elsewhere.server.of_kind("v1", "ConfigMap")));
}
