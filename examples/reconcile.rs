//! A reconcile function: from a FeatureStore as an API server has it, by look-ups, to a
//! plan that is applied. Here the cluster is in memory; the same calls go to a client.
//!
//! ```console
//! $ cargo run --example reconcile < store.json
//! ```
#![expect(clippy::print_stdout, reason = "it prints")]

use std::error::Error;
use std::io::{self, Read as _};

use feast_kube::api::Admitted;
use feast_kube::api::v1::{FeatureStore, FeatureStoreSpec};
use feast_kube::render::{
    Answer, Inputs, OperatorSettings, Plan, Time, Wanted, WrongAnswer, failed, render,
    render_deletion, try_resolve,
};
use feast_testing::cluster::{Cluster, Key, Store};
use k8s_openapi::jiff::Timestamp;

/// Makes what a FeatureStore calls for, and reports in its status. An error is tried again.
fn reconcile(cluster: &mut Store, key: &Key, now: &Time) -> Result<(), Box<dyn Error>> {
    let object = cluster.get(key).cloned();
    let fs = object.map(FeatureStore::from_value).transpose()?;
    let Some(fs) = fs.filter(|fs| fs.metadata.deletion_timestamp.is_none()) else {
        return forget(cluster, key, now);
    };
    // It comes from an API server, which has checked it.
    let inputs = look_up(Admitted::assume(fs)?, cluster, now)?;
    match render(&inputs) {
        Ok(rendered) => {
            apply(cluster, &rendered.plan);
            cluster.set_status(key, serde_json::to_value(&rendered.status)?);
            Ok(())
        }
        Err(refusal) => {
            let status = failed(&inputs, &refusal);
            cluster.set_status(key, serde_json::to_value(&status)?);
            Err(refusal.into())
        }
    }
}

/// What a FeatureStore owns goes with it; this takes it out of what it shared with others.
fn forget(cluster: &mut Store, key: &Key, now: &Time) -> Result<(), Box<dyn Error>> {
    let mut gone = FeatureStore::new(&key.name, FeatureStoreSpec::default());
    gone.metadata.namespace = Some(key.namespace.clone());
    let inputs = look_up(Admitted::assume(gone)?, cluster, now)?;
    apply(cluster, &render_deletion(&inputs));
    Ok(())
}

/// Answers all that rendering asks for. `Resolution` gives what is wanted in rounds, each to be
/// fetched at one time.
fn look_up(store: Admitted, cluster: &Store, now: &Time) -> Result<Inputs, WrongAnswer> {
    let settings = OperatorSettings::hardened();
    try_resolve(store, &settings, now, |wanted| fetch(cluster, wanted))
}

/// One object by its name, or those that a selector selects.
fn fetch(cluster: &Store, wanted: &Wanted) -> Result<Answer, WrongAnswer> {
    if let Some(object) = wanted.object() {
        return wanted.read(cluster.get(&Key::from(object)).cloned());
    }
    let objects = cluster.objects().iter();
    let selected = objects.filter(|(key, object)| wanted.selects(&(*key).into(), object));
    wanted.read(selected.map(|(_, object)| object.clone()))
}

/// Patches first: they remove what applying would leave.
fn apply(cluster: &mut Store, plan: &Plan) {
    for patch in plan.patch() {
        cluster.patch(&Key::from(&patch.object), &patch.merge);
    }
    for object in plan.apply() {
        cluster.apply(object.to_value());
    }
    for object in plan.delete() {
        cluster.delete(&Key::from(object));
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut json = Vec::new();
    io::stdin().read_to_end(&mut json)?;
    let store: serde_json::Value = serde_json::from_slice(&json)?;
    let key = Key::of(&store);
    let mut cluster = Cluster::new(|_: &mut Store, _: &Key| ()).with_admission();
    cluster.put(&store)?;
    reconcile(&mut cluster.store, &key, &Time(Timestamp::now()))?;
    for (made, _) in cluster.store.made() {
        println!("{made}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use feast_testing::invariants;
    use serde_json::{Value, json};

    use super::*;

    const NOW: Time = Time(Timestamp::UNIX_EPOCH);

    fn store(services: &Value) -> Value {
        json!({
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
            "metadata": {"name": "shop", "namespace": "ml"},
            "spec": {"feastProject": "shop", "services": services},
        })
    }

    #[test]
    fn it_makes_what_is_called_for_and_no_more() {
        let reconcile = |cluster: &mut Store, key: &Key| reconcile(cluster, key, &NOW).is_ok();
        let mut cluster = Cluster::new(reconcile)
            .with_admission()
            .with_garbage_collection()
            .with_available_deployments();
        let ui = Key::new("v1", "Service", "ml", "feast-shop-ui");
        for (services, has_ui) in [(json!({"ui": {}}), true), (json!({}), false)] {
            cluster.put(&store(&services)).expect("it is admitted");
            let settled = cluster.settle().expect("it comes to rest");
            invariants::all(&settled).expect("nothing is amiss");
            assert_eq!(cluster.store.get(&ui).is_some(), has_ui);
            let fs = cluster.store.get(&Key::of(&store(&services)));
            assert_eq!(fs.expect("it is there")["status"]["phase"], "Ready");
        }
        invariants::forgets(&cluster).expect("nothing is left behind");
    }

    #[test]
    fn a_secret_that_is_missing_is_reported() {
        let store = store(&json!({"onlineStore": {"persistence": {"store": {
            "type": "redis", "secretRef": {"name": "redis"},
        }}}}));
        let key = Key::of(&store);
        let mut cluster = Store::default();
        cluster.put(store);
        let error = reconcile(&mut cluster, &key, &NOW).expect_err("there is no Secret");
        assert!(error.to_string().contains("redis"), "{error}");
        let status = &cluster.get(&key).expect("it is there")["status"];
        assert_eq!(status["phase"], "Failed");
        assert_eq!(cluster.made().count(), 0);
    }
}
