//! What is foreseen of an operator is what it does.

use std::collections::{BTreeMap, BTreeSet};

use feast_operator::context::Context;
use feast_operator::deeds::Deed;
use feast_operator::platform::Offer;
use feast_operator::preview::{Preview, previews};
use feast_testing::cluster::{Key, Store};
use feast_testing::strategies as s;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::histories::{block_on, config};
use crate::rig::{Rig, key};
use crate::stores;

impl Rig {
    /// What an operator would do.
    async fn previews(&self) -> Vec<Preview> {
        let client = self.server.client_of("preview");
        let offer = Offer::discover(&client).await.unwrap();
        let context = Context::new(client, self.settings.configuration(), offer);
        previews(&context).await.unwrap()
    }

    /// The same as people read it.
    async fn foreseen(&self) -> String {
        let previews = self.previews().await;
        previews.iter().map(ToString::to_string).collect()
    }
}

#[tokio::test(start_paused = true)]
async fn what_would_be_done_is_told_and_not_done() {
    let mut rig = Rig::start().await;
    rig.kill();
    rig.put_store("a", &stores::scaled(2));
    let before = rig.server.writes().len();
    let foreseen = rig.foreseen().await;
    assert!(foreseen.starts_with("FeatureStore ml/a\n"), "{foreseen}");
    assert!(
        foreseen.contains("\n  + Deployment feast-a\n"),
        "{foreseen}"
    );
    assert!(foreseen.contains("\n  ~ FeatureStore a: metadata.finalizers\n"));
    assert_eq!(rig.server.writes().len(), before, "it is only read");

    rig.restart().await;
    rig.rests().await;
    rig.kill();
    assert_eq!(rig.foreseen().await, "FeatureStore ml/a: nothing\n");

    rig.put_store("a", &stores::scaled(3));
    let foreseen = rig.foreseen().await;
    let line = "\n  ~ Deployment feast-a: spec.replicas\n";
    assert!(foreseen.contains(line), "{foreseen}");

    let secret = json!({ "secretRef": { "name": "nowhere" }, "type": "sql" });
    let registry = json!({ "local": { "persistence": { "store": secret } } });
    let refused = json!({ "feastProject": "a", "services": { "registry": registry } });
    rig.put_store("a", &refused);
    let foreseen = rig.foreseen().await;
    assert!(
        foreseen.contains("ml/a: ") && foreseen.contains("nowhere"),
        "{foreseen}"
    );

    rig.delete(&key("a"));
    let foreseen = rig.foreseen().await;
    assert!(
        foreseen.contains("\n  ~ ConfigMap feast-configs-registry: data"),
        "{foreseen}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_the_reference_made_is_told_as_taken_over() {
    let mut rig = Rig::start().await;
    rig.kill();
    rig.has_of_reference().await;
    rig.put_store("a", &stores::minimal());
    let foreseen = rig.foreseen().await;
    let line = "\n  ~ ConfigMap feast-a-client (taken over): data.feature_store.yaml, \
                metadata.labels.feast.dev/service-type, metadata.ownerReferences, data.old.yaml\n";
    assert!(foreseen.contains(line), "{foreseen}");
}

/// What became of objects, but for status and what tells of work.
fn done(before: &Store, after: &Store) -> BTreeMap<Key, Deed> {
    let plain = |object: &Value| {
        let mut object = object.clone();
        object.as_object_mut().unwrap().remove("status");
        object
    };
    let (before, after) = (before.objects(), after.objects());
    let keys: BTreeSet<&Key> = before.keys().chain(after.keys()).collect();
    let of_work = |key: &&Key| key.kind != "Event";
    let done = keys.into_iter().filter(of_work).filter_map(|key| {
        let deed = match (before.get(key), after.get(key)) {
            (None, _) => Deed::Created,
            (_, None) => Deed::Deleted,
            (Some(one), Some(other)) if plain(one) != plain(other) => Deed::Updated,
            _ => return None,
        };
        Some((key.clone(), deed))
    });
    done.collect()
}

async fn play(first: &Value, second: &Value, around: &[Value]) -> Result<(), TestCaseError> {
    let mut rig = Rig::start().await;
    for object in around {
        rig.put(object.clone()).unwrap();
    }
    rig.put_store("a", first);
    rig.rests().await;
    rig.kill();
    if rig.put(stores::store("a", second)).is_err() {
        return Ok(());
    }
    let before = rig.server.store();
    let previews = rig.previews().await;
    let mut foreseen = BTreeMap::new();
    for preview in previews {
        let Ok(intentions) = preview.intentions else {
            return Ok(());
        };
        let deeds = intentions.into_iter();
        foreseen.extend(deeds.map(|it| (Key::from(&it.object), it.deed)));
    }
    rig.restart().await;
    rig.rests().await;
    prop_assert_eq!(foreseen, done(&before, &rig.server.store()));
    Ok(())
}

proptest! {
    #![proptest_config(config(16))]

    #[test]
    fn what_is_foreseen_is_done(
        (first, second) in (s::spec(), s::spec()),
        around in s::surroundings("ml"),
    ) {
        block_on(play(&json!(first), &json!(second), &around))?;
    }
}
