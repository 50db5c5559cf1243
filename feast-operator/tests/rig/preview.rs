//! The operator does what `plan` predicts.

use std::collections::{BTreeMap, BTreeSet};

use feast_operator::context::Context;
use feast_operator::deeds::Deed;
use feast_operator::foreseen::Foreseen;
use feast_operator::platform::Offer;
use feast_operator::preview::{Preview, previews};
use feast_operator::segment::segment;
use feast_operator::{MANAGER, REFERENCE_MANAGER};
use feast_testing::cluster::{Key, Store};
use feast_testing::strategies as s;
use kube::Api;
use kube::api::{ApiResource, DynamicObject, GroupVersionKind, Patch, PatchParams};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use crate::histories::{block_on, config};
use crate::rig::{NAMESPACE, Rig, key};
use crate::stores;

impl Rig {
    /// What an operator would do.
    async fn previews(&self) -> Vec<Preview> {
        let client = self.server.client_of("preview");
        let offer = Offer::discover(&client).await.unwrap();
        let context = Context::new(client, self.settings.configuration().unwrap(), offer);
        previews(&context).await.unwrap()
    }

    /// The same, as text for people.
    pub(crate) async fn foreseen(&self) -> String {
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
        foreseen.contains("\n  ~ ConfigMap operators/feast-configs-registry: data"),
        "{foreseen}"
    );
}

#[tokio::test(start_paused = true)]
async fn whose_pods_restart_is_told_to_people_and_programs() {
    let mut rig = Rig::start().await;
    rig.put_store("a", &stores::scaled(2));
    rig.put_store("b", &stores::scaled(2));
    rig.rests().await;
    rig.kill();
    let mut restarts = stores::scaled(2);
    restarts["services"]["onlineStore"]["server"] = json!({ "image": "example.com/feast:1" });
    rig.put_store("a", &restarts);
    rig.put_store("b", &stores::scaled(3));
    let secret = json!({ "secretRef": { "name": "nowhere" }, "type": "sql" });
    let registry = json!({ "local": { "persistence": { "store": secret } } });
    rig.put_store(
        "c",
        &json!({ "feastProject": "c", "services": { "registry": registry } }),
    );
    let told = rig.foreseen().await;
    assert!(
        told.starts_with("FeatureStore ml/a: restarts pods\n"),
        "{told}"
    );
    assert!(told.contains("\nFeatureStore ml/b\n"), "{told}");

    let previews = rig.previews().await;
    let json = json!(Foreseen::new(&previews));
    let image = "spec.template.spec.containers[online].image";
    let deployment = |store: usize| {
        let changes = json["featureStores"][store]["changes"].as_array().unwrap();
        changes
            .iter()
            .find(|change| change["kind"] == "Deployment")
            .cloned()
    };
    let expected = |name: &str, fields: &[&str]| {
        json!({
            "action": "update", "apiVersion": "apps/v1", "kind": "Deployment", "namespace": "ml",
            "name": name, "foreign": false, "fields": fields,
        })
    };
    assert_eq!(deployment(0), Some(expected("feast-a", &[image])));
    assert_eq!(deployment(1), Some(expected("feast-b", &["spec.replicas"])));
    let heads: Vec<_> = (0..3)
        .map(|store| {
            let mut head = json["featureStores"][store].clone();
            head.as_object_mut().unwrap().remove("changes");
            head
        })
        .collect();
    let error = heads[2]["error"].clone();
    assert!(error.as_str().unwrap().contains("nowhere"), "{error}");
    let head = |name: &str, restarts: bool| json!({ "namespace": "ml", "name": name, "paused": false, "restartsPods": restarts });
    let mut refused = head("c", false);
    refused["error"] = error;
    assert_eq!(heads, [head("a", true), head("b", false), refused]);
    assert_eq!(json["version"], 1);
    let counts = [&json["changing"], &json["restarting"], &json["failing"]];
    assert_eq!(counts, [2, 1, 1]);
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

#[tokio::test(start_paused = true)]
async fn what_somebody_else_made_is_told_as_theirs() {
    let mut rig = Rig::start().await;
    rig.kill();
    rig.put(json!({
        "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "feast-a-client" },
        "data": { "feature_store.yaml": "theirs" },
    }))
    .unwrap();
    rig.put_store("a", &stores::minimal());
    let foreseen = rig.foreseen().await;
    let line = "\n  ~ ConfigMap feast-a-client (managed by others: rejected until they give up these \
                fields): data.feature_store.yaml, ";
    assert!(foreseen.contains(line), "{foreseen}");
}

#[tokio::test(start_paused = true)]
async fn what_is_paused_is_told_so() {
    let mut rig = Rig::start().await;
    rig.kill();
    let mut store = stores::store("a", &stores::minimal());
    store["metadata"]["annotations"] = json!({ "feast.dev/paused": "true" });
    rig.put(store).unwrap();
    assert_eq!(rig.foreseen().await, "FeatureStore ml/a: paused\n");
}

/// The changes of objects, except status and bookkeeping.
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

/// The predicted changes; objects that are only taken over stay unchanged.
async fn foreseen(rig: &Rig) -> Option<BTreeMap<Key, Deed>> {
    let mut foreseen = BTreeMap::new();
    for preview in rig.previews().await {
        for it in preview.intentions.ok()? {
            let deed = match it.deed {
                Deed::Adopted if it.fields.is_empty() => continue,
                Deed::Adopted => Deed::Updated,
                deed => deed,
            };
            foreseen.insert(Key::from(&it.object), deed);
        }
    }
    Some(foreseen)
}

/// A FeatureStore is edited while no operator runs.
async fn edit(first: &Value, second: &Value, around: &[Value]) -> Result<(), TestCaseError> {
    let mut rig = Rig::start().await;
    for object in around {
        rig.put(object.clone()).unwrap();
    }
    if rig.put(stores::store("a", first)).is_err() {
        return Ok(());
    }
    rig.rests().await;
    rig.kill();
    if rig.put(stores::store("a", second)).is_err() {
        return Ok(());
    }
    is_done_as_foreseen(&mut rig).await
}

/// The operator replaces the reference.
async fn replace(flags: &[&str], spec: &Value, around: &[Value]) -> Result<(), TestCaseError> {
    let mut reference = Rig::with_flags(&["--no-finalizers"]).await;
    for object in around {
        reference.put(object.clone()).unwrap();
    }
    if reference.put(stores::store("a", spec)).is_err() {
        return Ok(());
    }
    reference.rests().await;
    reference.kill();
    reference.is_made_by_reference().await;
    let mut rig = Rig::with_flags(flags).await;
    rig.kill();
    rig.server = reference.server.clone();
    is_done_as_foreseen(&mut rig).await
}

/// Whether the pod template of any Deployment changed.
fn restarted(before: &Store, after: &Store) -> bool {
    let after = after.objects();
    let mut deployments = before
        .objects()
        .iter()
        .filter(|(key, _)| key.kind == "Deployment");
    deployments.any(|(key, before)| {
        let template = |object: &Value| object["spec"]["template"].clone();
        let after = after.get(key);
        after.is_some_and(|after| template(before) != template(after))
    })
}

async fn is_done_as_foreseen(rig: &mut Rig) -> Result<(), TestCaseError> {
    let before = rig.server.store();
    let Some(mut foreseen) = foreseen(rig).await else {
        return Ok(());
    };
    let restarting = rig.previews().await.iter().any(Preview::restarts_pods);
    rig.restart().await;
    rig.rests().await;
    prop_assert_eq!(restarting, restarted(&before, &rig.server.store()));
    let mut done = done(&before, &rig.server.store());
    if !rig.is_hardened() {
        // Objects that the reference's FeatureStores overwrite end up unchanged.
        foreseen.retain(|key, _| key.namespace == NAMESPACE);
        done.retain(|key, _| key.namespace == NAMESPACE);
    }
    prop_assert_eq!(foreseen, done);
    Ok(())
}

impl Rig {
    /// Rewrites the operator's objects as if the reference had created them, with updates.
    async fn is_made_by_reference(&self) {
        let client = self.server.client_of("reference");
        let params = PatchParams {
            field_manager: Some(REFERENCE_MANAGER.to_owned()),
            ..PatchParams::default()
        };
        let store = self.server.store();
        for (key, _) in store.made() {
            let (group, version) = key
                .api_version
                .rsplit_once('/')
                .unwrap_or(("", &key.api_version));
            let kind = ApiResource::from_gvk(&GroupVersionKind::gvk(group, version, &key.kind));
            let api: Api<DynamicObject> = match key.namespace.as_str() {
                "" => Api::all_with(client.clone(), &kind),
                namespace => Api::namespaced_with(client.clone(), namespace, &kind),
            };
            let name = segment(&key.name);
            let metadata = api.get_metadata(&name).await.unwrap().metadata;
            let mut entries = metadata.managed_fields.unwrap_or_default();
            for entry in &mut entries {
                if entry.manager.as_deref() == Some(MANAGER) {
                    entry.manager = Some(REFERENCE_MANAGER.to_owned());
                    entry.operation = Some("Update".to_owned());
                }
            }
            let patch = Patch::Merge(json!({ "metadata": { "managedFields": entries } }));
            api.patch(&name, &params, &patch).await.unwrap();
        }
    }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn what_is_foreseen_is_done(
        (first, second) in (s::spec(), s::spec()),
        around in s::surroundings("ml"),
    ) {
        block_on(edit(&json!(first), &json!(second), &around))?;
    }

    #[test]
    fn what_is_foreseen_in_place_of_the_reference_is_done(
        spec in s::spec(),
        flags in select(vec![&["--corrections=none"][..], &["--hardened"]]),
        around in s::surroundings("ml"),
    ) {
        block_on(replace(flags, &json!(spec), &around))?;
    }
}
