//! Several operators share the FeatureStores of a cluster: each has its own, and shared objects
//! stay consistent.

use feast_operator::preview::previews;
use feast_render::{DISCOVERY_CONFIG_MAPS, Directory};
use feast_testing::cluster::Key;
use feast_testing::server::{Exchange, Fault, Requests, Verb};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Value, json};

use crate::rig::{NAMESPACE, OPERATORS, Rig, key, own};
use crate::stores;

/// The operators of team a and of all other FeatureStores.
const TEAM: (usize, &str) = (0, "operator-1");
const OTHERS: (usize, &str) = (1, "operator-2");

impl Rig {
    /// Creates or replaces a FeatureStore with or without a team.
    fn put_store_of(&self, team: Option<&str>, name: &str, spec: &Value) {
        let mut store = self.server.get(&key(name));
        let store = store.get_or_insert_with(|| stores::store(name, spec));
        store["spec"] = spec.clone();
        store["metadata"]["labels"] = json!({ "team": team });
        if team.is_none() {
            store["metadata"]["labels"] = json!({});
        }
        self.put(store.clone()).unwrap();
    }

    fn give_to(&self, team: Option<&str>, name: &str) {
        let labels = json!({ "metadata": { "labels": { "team": team } } });
        self.server.change(|store| store.patch(&key(name), &labels));
    }

    /// Whether an operator keeps the contents of a FeatureStore's objects.
    fn remembers(&self, (number, _): (usize, &str), name: &str) -> bool {
        let objects = &self.context_of(number).known.objects;
        let deployment = (&own::<Deployment>(name)).into();
        let deployment = objects.get(&deployment);
        let is_full = deployment.is_some_and(|deployment| !deployment.is_outline());
        let has_store = objects.get(&(&key(name)).into()).is_some();
        assert_eq!(is_full, has_store, "{name}");
        has_store
    }

    /// The FeatureStores in the discovery ConfigMap.
    fn listed(&self) -> Vec<String> {
        let map = Key::new("v1", "ConfigMap", OPERATORS, DISCOVERY_CONFIG_MAPS[0]);
        let map = self.server.get(&map).unwrap();
        let listed: ConfigMap = serde_json::from_value(map).unwrap();
        let directory = Directory::of([&listed]);
        let listed = directory.stores();
        listed.map(|store| store.name).collect()
    }
}

/// The operators that wrote.
fn writers(writes: &[Exchange]) -> Vec<&str> {
    let mut users: Vec<_> = writes.iter().map(|write| &*write.user).collect();
    users.sort_unstable();
    users.dedup();
    users
}

fn deletions(writes: &[Exchange]) -> usize {
    writes
        .iter()
        .filter(|write| write.verb == Verb::Delete)
        .count()
}

#[tokio::test(start_paused = true)]
async fn each_looks_after_its_own() {
    let mut rig = Rig::sharded().await;
    rig.put_store_of(Some("a"), "a", &stores::scaled(2));
    assert_eq!(writers(&rig.rests().await), [TEAM.1]);
    rig.put_store_of(None, "b", &stores::scaled(2));
    rig.put_store_of(Some("b"), "c", &stores::all_servers());
    assert_eq!(writers(&rig.rests().await), [OTHERS.1]);
    for name in ["a", "b", "c"] {
        rig.is_planned(name);
        assert_eq!(rig.remembers(TEAM, name), name == "a");
        assert_eq!(rig.remembers(OTHERS, name), name != "a");
    }
    assert_eq!(rig.listed().len(), 3);

    // A new operator knows as much about others' objects as one that ran all along.
    rig.restart().await;
    assert_eq!(rig.rests().await, []);
    // The first running operator is now that of all other FeatureStores.
    for name in ["a", "b", "c"] {
        assert_eq!(rig.remembers((1, ""), name), name == "a");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_gets_another_label_changes_hands_and_nothing_else_does() {
    let rig = Rig::sharded().await;
    rig.put_store_of(Some("a"), "a", &stores::scaled(2));
    rig.rests().await;
    rig.give_to(None, "a");
    assert_eq!(rig.rests().await, [], "all is as it should be");
    assert!(!rig.remembers(TEAM, "a"));
    assert_eq!(rig.listed(), ["a"]);

    rig.put_store_of(None, "a", &stores::scaled(3));
    let writes = rig.rests().await;
    assert_eq!(writers(&writes), [OTHERS.1]);
    assert!(rig.remembers(OTHERS, "a"));
    rig.is_planned("a");

    // It is given back with another spec: objects that are no longer needed are deleted.
    rig.put_store_of(Some("a"), "a", &stores::minimal());
    let writes = rig.rests().await;
    assert_eq!(writers(&writes), [TEAM.1]);
    assert!(deletions(&writes) > 0);
    rig.is_planned("a");

    rig.give_to(None, "a");
    rig.delete(&key("a"));
    let writes = rig.rests().await;
    assert_eq!(writers(&writes), [OTHERS.1]);
    rig.has_nothing_of(&["a"]);
}

#[tokio::test(start_paused = true)]
async fn one_that_changes_hands_in_the_middle_of_a_pass_is_not_fought_over() {
    for moment in 0..12 {
        let rig = Rig::sharded().await;
        let slow = Fault::Slow(std::time::Duration::from_secs(4));
        let some = Requests::writes().after(moment).times(2);
        rig.server.fault(some, slow);
        rig.put_store_of(Some("a"), "a", &stores::all_servers());
        Rig::seconds(2).await;
        rig.give_to(None, "a");
        Rig::seconds(1).await;
        rig.put_store_of(None, "a", &stores::scaled(2));
        rig.rests().await;
        rig.is_planned("a");
        assert!(rig.remembers(OTHERS, "a") && !rig.remembers(TEAM, "a"));
        rig.put_store_of(None, "a", &stores::scaled(4));
        assert_eq!(writers(&rig.rests().await), [OTHERS.1]);
    }
}

#[tokio::test(start_paused = true)]
async fn feature_stores_of_others_can_be_referred_to() {
    let rig = Rig::sharded().await;
    let refers = json!({ "feastProject": "b", "services": { "registry": {
        "remote": { "feastRef": { "name": "a" } },
    } } });
    rig.put_store_of(None, "b", &refers);
    Rig::seconds(60).await;
    assert_ne!(rig.says("b").0, "Ready", "what it refers to is not there");
    rig.put_store_of(Some("a"), "a", &stores::all_servers());
    rig.rests().await;
    rig.is_planned("a");
    rig.is_planned("b");
    assert_eq!(rig.says("b").0, "Ready");

    // Changes of others' FeatureStores are noticed.
    let tls = json!({ "secretRef": { "name": "stores" } });
    let mut served = stores::all_servers();
    served["services"]["registry"]["local"]["server"]["tls"] = tls;
    rig.put_store_of(Some("a"), "a", &served);
    let writes = rig.rests().await;
    assert_eq!(writers(&writes), [TEAM.1, OTHERS.1]);
    rig.is_planned("b");
    // At rest, further passes send no requests.
    let before = rig.server.exchanges().len();
    rig.give_to(Some("a"), "b");
    rig.give_to(None, "b");
    assert_eq!(rig.rests().await, []);
    let reads = rig.server.exchanges().split_off(before);
    let of_store = |read: &&Exchange| read.verb == Verb::Get && read.name == "a";
    assert!(reads.iter().filter(of_store).count() <= 1, "{reads:#?}");

    rig.delete(&key("a"));
    rig.rests().await;
    assert_ne!(rig.says("b").0, "Ready");
}

#[tokio::test(start_paused = true)]
async fn one_whose_finalizer_was_taken_away_is_cleaned_up_by_whoever_hears_of_it() {
    let mut rig = Rig::sharded().await;
    for (team, name) in [(Some("a"), "a"), (None, "b"), (Some("a"), "c")] {
        rig.put_store_of(team, name, &stores::scaled(2));
    }
    rig.rests().await;
    let stripped = json!({ "metadata": { "finalizers": [] } });
    for name in ["a", "b"] {
        rig.server.change(|store| {
            store.patch(&key(name), &stripped);
            store.delete(&key(name));
        });
    }
    rig.rests().await;
    rig.has_nothing_of(&["a", "b"]);
    assert_eq!(rig.listed(), ["c"]);

    // While no operator runs.
    rig.kill();
    rig.server.change(|store| {
        store.patch(&key("c"), &stripped);
        store.delete(&key("c"));
    });
    rig.restart().await;
    rig.rests().await;
    rig.has_nothing_of(&["c"]);
}

#[tokio::test(start_paused = true)]
async fn what_all_share_is_written_by_several_without_a_loss() {
    let rig = Rig::sharded().await;
    let names: Vec<_> = (0..20).map(|number| format!("s{number}")).collect();
    for (number, name) in names.iter().enumerate() {
        let team = (number % 2 == 0).then_some("a");
        rig.put_store_of(team, name, &stores::scaled(2));
    }
    let writes = rig.rests().await;
    assert_eq!(writers(&writes), [TEAM.1, OTHERS.1]);
    assert_eq!(rig.listed().len(), names.len());
    for name in &names {
        rig.is_planned(name);
    }
    for name in &names {
        rig.delete(&key(name));
    }
    rig.rests().await;
    assert_eq!(rig.listed(), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_would_be_done_is_told_of_its_own() {
    let mut rig = Rig::sharded().await;
    rig.kill();
    rig.put_store_of(Some("a"), "a", &stores::minimal());
    rig.put_store_of(None, "b", &stores::minimal());
    assert_eq!(
        rig.server.get(&key("a")).unwrap()["metadata"]["namespace"],
        NAMESPACE
    );
    let client = rig.server.client_of("preview");
    let configuration = rig.settings.configuration().unwrap();
    let context = feast_operator::context::Context::new(client, configuration, <_>::default());
    let previews = previews(&context).await.unwrap();
    let stores: Vec<_> = previews
        .iter()
        .map(|preview| &*preview.feature_store.name)
        .collect();
    assert_eq!(stores, ["a"]);
}
