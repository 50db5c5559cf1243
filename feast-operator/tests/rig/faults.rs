//! Faults only delay the operator, and are reported if someone has to act.

use std::time::Duration;

use feast_operator::MANAGER;
use feast_render::DISCOVERY_CONFIG_MAPS;
use feast_testing::cluster::Key;
use feast_testing::server::{Exchange, Fault, Requests, Verb};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::core::v1::{ConfigMap, Service};
use serde_json::{Value, json};

use crate::rig::{NAMESPACE, Rig, key, own};
use crate::stores;

/// Number of successful status writes.
fn statuses(writes: &[Exchange]) -> usize {
    let of_status = |write: &&Exchange| write.subresource.is_some() && write.code == Some(200);
    writes.iter().filter(of_status).count()
}

/// Whether there are warning events.
fn has_warnings(rig: &Rig) -> bool {
    let events = rig.server.of_kind("events.k8s.io/v1", "Event");
    events.iter().any(|event| event["type"] == "Warning")
}

#[tokio::test(start_paused = true)]
async fn whatever_the_server_answers_it_gets_there() {
    for fault in [
        Fault::Conflict,
        Fault::Forbidden,
        Fault::Quota,
        Fault::TooManyRequests,
        Fault::InternalError,
        Fault::Unavailable,
        Fault::Timeout,
        Fault::Cut,
        Fault::Lost,
    ] {
        for nth in [0, 1, 3, 6, 10] {
            let rig = Rig::start().await;
            let nth_write = Requests::writes().after(nth).times(1);
            rig.server.fault(nth_write, fault.clone());
            rig.put_store("a", &stores::scaled(2));
            rig.rests().await;
            rig.is_planned("a");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_that_is_never_answered_is_given_up() {
    for requests in [
        Requests::to(Verb::List),
        Requests::to(Verb::Watch),
        Requests::to(Verb::Get),
        Requests::writes(),
    ] {
        let mut rig = Rig::start().await;
        rig.server.fault(requests.times(3), Fault::Silent);
        rig.restart().await;
        rig.put_store("a", &stores::scaled(2));
        rig.rests().await;
        rig.is_planned("a");
    }
}

/// The API server refuses ConfigMaps of more than a mebibyte, which so many FeatureStores fill.
#[tokio::test(start_paused = true)]
async fn what_all_share_may_be_full() {
    let rig = Rig::start().await;
    let writes = Requests::writes().named(DISCOVERY_CONFIG_MAPS[0]);
    let full = "data: Too long: may not be more than 1048576 bytes";
    rig.server.fault(writes, Fault::Invalid(full.to_owned()));
    let names: Vec<_> = (0..40).map(|number| format!("a-{number}")).collect();
    for name in &names {
        rig.put_store(name, &stores::minimal());
    }
    Rig::seconds(10).await;
    for name in &names {
        let deployment = rig.server.get(&own::<Deployment>(name));
        assert!(deployment.is_some(), "{name} has to wait for the others");
    }
    let told = names.iter().filter(|name| rig.says(name).1.contains(full));
    assert!(told.count() > 0, "nobody is told");
    rig.server.recover();
    rig.rests().await;
    for name in &names {
        rig.is_planned(name);
    }
}

/// Additions that do not fit delay no removals, which make room for them.
#[tokio::test(start_paused = true)]
async fn what_goes_does_not_wait_for_what_does_not_fit() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::minimal());
    rig.rests().await;
    let write = Requests::writes().named(DISCOVERY_CONFIG_MAPS[0]).times(1);
    let full = "data: Too long: may not be more than 1048576 bytes";
    rig.server.fault(write, Fault::Invalid(full.to_owned()));
    rig.put_store("b", &stores::minimal());
    rig.delete(&key("a"));
    // Before anything is tried again.
    tokio::time::sleep(Duration::from_millis(400)).await;
    assert_eq!(rig.server.get(&key("a")), None);
    rig.rests().await;
    rig.has_nothing_of(&["a"]);
    rig.is_planned("b");
}

#[tokio::test(start_paused = true)]
async fn watches_that_break_and_lag_delay_only() {
    let rig = Rig::start().await;
    for (round, spec) in [
        stores::minimal(),
        stores::scaled(2),
        stores::autoscaled(),
        stores::all_servers(),
    ]
    .iter()
    .enumerate()
    {
        rig.server.watches().hold();
        rig.put_store("a", spec);
        Rig::seconds(30).await;
        match round % 3 {
            0 => rig.server.watches().cut(),
            1 => rig.server.forget(),
            _ => {}
        }
        rig.server.watches().release();
        rig.rests().await;
        rig.is_planned("a");
    }
}

#[tokio::test(start_paused = true)]
async fn an_object_of_somebody_else_is_left_alone_as_long_as_it_is_there() {
    let rig = Rig::start().await;
    let config = |name: &str| {
        let metadata = json!({ "name": name });
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata })
    };
    let owner = rig.put(config("owner")).unwrap();
    let mut theirs = json!({
        "apiVersion": "v1", "kind": "Service",
        "metadata": { "name": "feast-a-online", "ownerReferences": [{
            "apiVersion": "v1", "kind": "ConfigMap", "name": "owner",
            "uid": owner["metadata"]["uid"], "controller": true,
        }] },
        "spec": { "ports": [{ "port": 1 }] },
    });
    let before = rig.put(theirs.clone()).unwrap();
    rig.put_store("a", &stores::minimal());
    Rig::seconds(20).await;
    let (phase, message) = rig.says("a");
    assert_eq!(phase, "Failed");
    for part in ["feast-a-online", "another ConfigMap controller owner"] {
        assert!(message.contains(part), "{message}");
    }
    let service = own::<Service>("a-online");
    assert_eq!(rig.server.get(&service).as_ref(), Some(&before));

    // The operator is not notified, because the object lacks its label.
    rig.delete(&service);
    rig.rests().await;
    rig.is_planned("a");

    // Nothing is remembered for a deleted FeatureStore.
    theirs["metadata"]["name"] = "feast-b-online".into();
    rig.put(theirs).unwrap();
    rig.put_store("b", &stores::minimal());
    Rig::seconds(20).await;
    rig.delete(&key("b"));
    rig.rests().await;
    let service = (&own::<Service>("b-online")).into();
    assert!(rig.context().known.objects.get(&service).is_none());
}

#[tokio::test(start_paused = true)]
async fn fields_that_others_gave_are_not_taken_by_force() {
    let rig = Rig::start().await;
    let map = |data: Value| {
        let metadata = json!({ "name": "feast-a-client" });
        json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data })
    };
    rig.put(map(
        json!({ "feature_store.yaml": "project: old", "notes": "kept" }),
    ))
    .unwrap();
    rig.put_store("a", &stores::minimal());
    Rig::seconds(20).await;
    let (phase, message) = rig.says("a");
    assert_eq!(phase, "Failed");
    let conflict = r#"conflict with "user": .data.feature_store.yaml"#;
    for part in ["ConfigMap feast-a-client", conflict] {
        assert!(message.contains(part), "{message}");
    }
    let live = own::<ConfigMap>("a-client");
    let data = |rig: &Rig| rig.server.get(&live).unwrap()["data"].clone();
    assert_eq!(data(&rig)["feature_store.yaml"], "project: old");

    // Once left to the operator, the field is overwritten with the rest.
    rig.put(map(json!({ "notes": "kept" }))).unwrap();
    rig.rests().await;
    rig.is_planned("a");
    assert_eq!(data(&rig)["notes"], "kept");
}

#[tokio::test(start_paused = true)]
async fn what_is_refused_keeps_nothing_from_the_rest() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::autoscaled());
    rig.rests().await;
    let refused = Fault::Invalid("spec: as the test wants it".into());
    rig.server.fault(Requests::writes().of("services"), refused);
    rig.put_store("a", &stores::all_servers());
    rig.put_store("b", &stores::minimal());
    Rig::seconds(20).await;
    for name in ["a", "b"] {
        let (phase, message) = rig.says(name);
        assert_eq!(phase, "Failed");
        assert!(message.contains("as the test wants it"), "{message}");
    }
    let store = rig.server.store();
    let is_there = |key: &Key| store.get(key).is_some();
    assert!(is_there(&own::<Deployment>("b")), "after the Service");
    assert!(!is_there(&own::<HorizontalPodAutoscaler>("a")), "deleted");
    rig.server.recover();
    rig.rests().await;
    rig.is_planned("a");
    rig.is_planned("b");
}

#[tokio::test(start_paused = true)]
async fn a_full_namespace_is_told_and_waited_for() {
    let rig = Rig::start().await;
    rig.server
        .fault(Requests::writes().of("deployments"), Fault::Quota);
    rig.put_store("a", &stores::minimal());
    Rig::seconds(5).await;
    let (phase, message) = rig.says("a");
    assert_eq!(phase, "Failed");
    assert!(message.contains("exceeded quota"), "{message}");
    assert!(has_warnings(&rig));
    rig.server.recover();
    rig.rests().await;
    rig.is_planned("a");
}

#[tokio::test(start_paused = true)]
async fn rights_that_come_late_are_no_refusal() {
    let rig = Rig::start().await;
    let late = |requests: Requests| rig.server.fault(requests, Fault::Forbidden);
    late(Requests::writes().of("roles"));
    late(Requests::writes().of("services"));
    rig.put_store("a", &stores::all_servers());
    for _ in 0..10 {
        Rig::seconds(1).await;
        assert_ne!(rig.says("a").0, "Failed");
    }
    rig.server.recover();
    rig.rests().await;
    rig.is_planned("a");
    assert!(!has_warnings(&rig));

    late(Requests::writes().of("services"));
    rig.put_store("b", &stores::minimal());
    Rig::seconds(300).await;
    let (phase, message) = rig.says("b");
    assert_eq!(phase, "Failed", "they do not come");
    let lacking = r#"cannot patch resource "services""#;
    assert!(message.contains(lacking), "{message}");
}

#[tokio::test(start_paused = true)]
async fn nothing_is_told_or_tried_in_a_namespace_that_ends() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::minimal());
    rig.rests().await;
    let namespace = json!({
        "apiVersion": "v1", "kind": "Namespace",
        "metadata": { "name": NAMESPACE, "finalizers": ["kubernetes"] },
    });
    rig.server.change(|store| {
        store.put(namespace);
        store.delete(&Key::new("v1", "Namespace", "", NAMESPACE));
        // As a namespace's controller does, before it deletes FeatureStores.
        store.delete(&own::<Service>("a-online"));
        store.delete(&own::<Deployment>("a"));
    });
    let writes = rig.rests().await;
    assert!(writes.len() < 5, "{writes:#?}");
    assert_ne!(rig.says("a").0, "Failed");
    assert!(!has_warnings(&rig));
}

#[tokio::test(start_paused = true)]
async fn what_nobody_refers_to_is_forgotten() {
    let rig = Rig::start().await;
    let holds = || format!("{:?}", rig.context().known.secrets).contains("stores");
    for end in [true, false] {
        rig.put_store("a", &stores::scaled(2));
        rig.rests().await;
        assert!(holds());
        if end {
            rig.put_store("a", &stores::minimal());
        } else {
            rig.delete(&key("a"));
        }
        rig.rests().await;
        assert!(!holds());
    }
}

#[tokio::test(start_paused = true)]
async fn a_second_look_is_taken_now_and_then() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::scaled(2));
    rig.rests().await;
    let passes = || {
        let text = rig.metrics();
        let successes = r#"reconciles_total{outcome="success"}"#;
        let line = text.lines().find(|line| line.contains(successes));
        let count = line.and_then(|line| line.split(' ').nth(1)).unwrap();
        count.parse::<u32>().unwrap()
    };
    let (before, requests) = (passes(), rig.server.writes().len());
    Rig::seconds(6 * 3600).await;
    assert!((6..=12).contains(&(passes() - before)), "{}", passes());
    assert_eq!(rig.server.writes().len(), requests);
}

#[tokio::test(start_paused = true)]
async fn a_status_is_of_what_is_asked_for() {
    let rig = Rig::start().await;
    rig.put_store("a", &stores::minimal());
    rig.rests().await;
    let slow = Fault::Slow(Duration::from_secs(10));
    rig.server
        .fault(Requests::writes().of("deployments").times(1), slow);
    let project = |name: &str| json!({ "feastProject": name });
    let before = rig.server.writes().len();
    rig.put_store("a", &project("second"));
    Rig::seconds(5).await;
    rig.put_store("a", &project("third"));
    Rig::seconds(7).await;
    let applied = || {
        let store = rig.server.get(&key("a")).unwrap();
        store["status"]["applied"]["feastProject"].clone()
    };
    assert_ne!(applied(), "second", "asked for no longer");
    rig.rests().await;
    assert_eq!(applied(), "third");
    assert_eq!(statuses(&rig.server.writes()[before..]), 1);
    rig.is_planned("a");
}

#[tokio::test(start_paused = true)]
async fn killed_at_any_moment_it_gets_there() {
    let mut rig = Rig::start().await;
    for moment in 0..16 {
        let spec = [stores::scaled(2), stores::all_servers()][moment % 2].clone();
        rig.server.fault(
            Requests::writes().after(moment / 2).times(1),
            Fault::Slow(Duration::from_secs(5)),
        );
        rig.put_store("a", &spec);
        Rig::seconds(3).await;
        rig.server.recover();
        rig.restart().await;
        rig.rests().await;
        rig.is_planned("a");
    }
    let live = rig.server.get(&own::<Deployment>("a")).unwrap();
    let managers = live["metadata"]["managedFields"].as_array().unwrap();
    assert!(managers.iter().any(|entry| entry["manager"] == MANAGER));
}
