//! Claims to keep survive their FeatureStore.

use feast_operator::KEEP_CLAIMS;
use feast_testing::cluster::Key;
use k8s_openapi::api::core::v1::PersistentVolumeClaim;
use serde_json::{Value, json};

use crate::rig::{Rig, key, own};
use crate::stores;

/// The claim of the FeatureStore in these tests.
fn claim() -> Key {
    own::<PersistentVolumeClaim>("a-online")
}

/// A FeatureStore with a claim.
fn store(keep: Option<&str>) -> Value {
    let mut store = stores::store("a", &stores::all_servers());
    if let Some(keep) = keep {
        store["metadata"]["annotations"] = json!({ KEEP_CLAIMS: keep });
    }
    store
}

impl Rig {
    fn annotate(&self, keep: Option<&str>) {
        let patch = json!({ "metadata": { "annotations": { KEEP_CLAIMS: keep } } });
        self.server.change(|store| store.patch(&key("a"), &patch));
    }

    /// The claim's uid, if it exists.
    fn claimed(&self) -> Option<String> {
        let claim = self.server.get(&claim())?;
        Some(claim["metadata"]["uid"].as_str()?.to_owned())
    }

    /// The claim's owners.
    fn owners(&self) -> Value {
        self.server.get(&claim()).unwrap()["metadata"]["ownerReferences"].clone()
    }

    /// Asserts that the claim is owned as in the reference.
    fn is_owned(&self) {
        let uid = self.server.get(&key("a")).unwrap()["metadata"]["uid"].clone();
        let owner = json!([{
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "a", "uid": uid,
            "controller": true, "blockOwnerDeletion": true,
        }]);
        assert_eq!(self.owners(), owner);
    }

    fn is_nobodys(&self) {
        let owners = self.owners();
        assert!(owners.as_array().is_none_or(Vec::is_empty), "{owners}");
    }

    async fn goes(&self) {
        self.delete(&key("a"));
        self.rests().await;
        assert_eq!(self.server.get(&key("a")), None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_claim_goes_with_its_feature_store_unless_it_is_to_stay() {
    for flags in [&["--hardened"][..], &[], &["--hardened", "--no-finalizers"]] {
        let rig = Rig::with_flags(flags).await;
        rig.put(store(None)).unwrap();
        rig.rests().await;
        rig.is_owned();
        rig.goes().await;
        assert_eq!(rig.claimed(), None);

        rig.put(store(Some("true"))).unwrap();
        rig.rests().await;
        rig.is_nobodys();
        rig.is_planned("a");
        let before = rig.claimed();
        rig.goes().await;
        assert_eq!(rig.claimed(), before, "{flags:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn one_that_is_there_becomes_nobodys_and_stays() {
    let rig = Rig::start().await;
    rig.put(store(None)).unwrap();
    rig.rests().await;
    let before = rig.claimed();
    rig.annotate(Some("true"));
    let writes = rig.rests().await;
    assert_eq!(
        writes
            .iter()
            .filter(|write| write.resource != "events")
            .count(),
        1
    );
    rig.is_nobodys();

    // The claim is no longer needed.
    let mut other = rig.server.get(&key("a")).unwrap();
    other["spec"] = stores::minimal();
    rig.put(other).unwrap();
    rig.rests().await;
    assert_eq!(rig.claimed(), before);
    let mut again = rig.server.get(&key("a")).unwrap();
    again["spec"] = stores::all_servers();
    rig.put(again).unwrap();
    rig.rests().await;
    assert_eq!(rig.claimed(), before, "it is found again");

    rig.goes().await;
    // A new FeatureStore with this name finds the claim, and does not own it by default.
    rig.put(store(None)).unwrap();
    rig.rests().await;
    rig.is_planned("a");
    rig.goes().await;
    assert_eq!(rig.claimed(), before);

    rig.put(store(Some("false"))).unwrap();
    rig.rests().await;
    assert_eq!(rig.claimed(), before);
    rig.is_owned();
    rig.goes().await;
    assert_eq!(rig.claimed(), None);
}

#[tokio::test(start_paused = true)]
async fn all_stay_if_the_operator_is_told_so() {
    let mut rig = Rig::with_flags(&["--hardened", "--keep-claims"]).await;
    rig.put(store(None)).unwrap();
    rig.rests().await;
    rig.is_nobodys();
    rig.annotate(Some("false"));
    rig.rests().await;
    rig.is_owned();
    rig.annotate(None);
    rig.rests().await;
    rig.is_nobodys();
    assert_eq!(rig.rests().await, []);

    // An operator with other settings does not take ownership.
    rig.settings.duties.keep_claims = false;
    rig.kill();
    rig.restart().await;
    assert_eq!(rig.rests().await, []);
    rig.is_nobodys();
}

#[tokio::test(start_paused = true)]
async fn also_if_nobody_was_there_to_hear_of_it() {
    let mut rig = Rig::start().await;
    rig.put(store(None)).unwrap();
    rig.rests().await;
    let before = rig.claimed();
    rig.kill();
    rig.annotate(Some("true"));
    rig.delete(&key("a"));
    let foreseen = rig.foreseen().await;
    let line = "\n  ~ PersistentVolumeClaim feast-a-online: metadata.ownerReferences\n";
    assert!(foreseen.contains(line), "{foreseen}");
    rig.restart().await;
    rig.rests().await;
    assert_eq!(rig.server.get(&key("a")), None);
    assert_eq!(rig.claimed(), before);
    rig.is_nobodys();
}

#[tokio::test(start_paused = true)]
async fn one_that_is_nobodys_and_lost_is_made_anew() {
    let rig = Rig::start().await;
    rig.put(store(Some("true"))).unwrap();
    rig.rests().await;
    let before = rig.claimed();
    rig.delete(&claim());
    rig.rests().await;
    assert!(
        rig.claimed()
            .is_some_and(|after| Some(&after) != before.as_ref())
    );
    rig.is_nobodys();
}

#[tokio::test(start_paused = true)]
async fn what_others_own_stays_theirs() {
    let rig = Rig::start().await;
    rig.put(store(None)).unwrap();
    rig.rests().await;
    let owner = rig
        .put(json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "owner" } }))
        .unwrap();
    let theirs = json!({
        "apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner["metadata"]["uid"],
    });
    let mut owners = rig.owners();
    owners.as_array_mut().unwrap().push(theirs.clone());
    let patch = json!({ "metadata": { "ownerReferences": owners } });
    rig.server.change(|store| store.patch(&claim(), &patch));
    rig.annotate(Some("true"));
    rig.rests().await;
    assert_eq!(rig.owners(), json!([theirs]));
}
