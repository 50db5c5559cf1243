//! Controllers that run beside the operator.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Key, Store};

/// The Kubernetes controllers to simulate. None by default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Controllers {
    /// Deletes objects without living owners.
    pub(crate) garbage_collection: bool,
    /// Makes pods ready.
    pub(crate) availability: bool,
    /// The number of replicas that the load needs.
    pub(crate) load: Option<i32>,
}

impl Controllers {
    /// Runs each once.
    pub(crate) fn play(self, store: &mut Store) {
        if self.garbage_collection {
            collect_garbage(store);
        }
        let changed = store.take_unseen();
        if let Some(load) = self.load {
            scale(store, &changed, load);
        }
        if self.availability {
            make_available(store, &changed);
        }
    }
}

/// Deletes objects without living owners, until there are none.
fn collect_garbage(store: &mut Store) {
    loop {
        let garbage = store.take_garbage();
        if garbage.is_empty() {
            return;
        }
        for key in garbage {
            store.delete(&key);
        }
    }
}

/// Has every autoscaler that changed, or whose target did, ask for this many replicas, or the nearest
/// number that it allows.
fn scale(store: &mut Store, changed: &BTreeSet<Key>, load: i32) {
    let namespaces: BTreeSet<&str> = changed.iter().map(|key| key.namespace.as_str()).collect();
    let autoscalers = namespaces.into_iter().flat_map(|namespace| {
        store.of_namespace("autoscaling/v2", "HorizontalPodAutoscaler", namespace)
    });
    let scaled = autoscalers.map(|(key, one)| (key, target(key, one), clamp(one, load)));
    let scaled = scaled
        .filter(|(key, target, _)| changed.contains(*key) || changed.contains(target))
        .map(|(_, target, replicas)| (target, replicas));
    for (key, replicas) in scaled.collect::<Vec<_>>() {
        store.scale(&key, replicas);
    }
}

fn target(autoscaler: &Key, object: &Value) -> Key {
    let target = &object["spec"]["scaleTargetRef"];
    let text = |field: &str| target[field].as_str().unwrap_or_default();
    Key::new(
        text("apiVersion"),
        text("kind"),
        &autoscaler.namespace,
        text("name"),
    )
}

fn clamp(autoscaler: &Value, load: i32) -> i32 {
    let bound = |field: &str| autoscaler["spec"][field].as_i64();
    let bound = |field: &str| bound(field).and_then(|bound| i32::try_from(bound).ok());
    let least = bound("minReplicas").unwrap_or(1);
    let most = bound("maxReplicas").unwrap_or(load);
    load.min(most).max(least)
}

fn make_available(store: &mut Store, changed: &BTreeSet<Key>) {
    let deployments = changed.iter();
    let deployments =
        deployments.filter(|key| key.api_version == "apps/v1" && key.kind == "Deployment");
    for deployment in deployments {
        store.make_available(deployment);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn object(kind: &str, name: &str, owner: Option<&str>) -> Value {
        let owners: Vec<Value> = owner.iter().map(|uid| json!({ "uid": uid })).collect();
        json!({
            "apiVersion": "apps/v1", "kind": kind,
            "metadata": { "namespace": "ml", "name": name, "uid": name, "ownerReferences": owners },
        })
    }

    #[test]
    fn objects_without_owners_are_deleted_with_their_dependents() {
        let mut store = Store::default();
        store.put(object("Deployment", "gone", Some("deleted")));
        store.put(object("ReplicaSet", "owned-by-gone", Some("gone")));
        store.put(object("Deployment", "free", None));
        store.put(object("ReplicaSet", "owned", Some("free")));
        let controllers = Controllers {
            garbage_collection: true,
            ..Controllers::default()
        };
        controllers.play(&mut store);
        let names: Vec<&str> = store.objects().keys().map(|key| &key.name[..]).collect();
        assert_eq!(names, ["free", "owned"]);
    }

    #[test]
    fn objects_with_a_remaining_owner_stay() {
        let mut store = Store::default();
        let controllers = Controllers {
            garbage_collection: true,
            ..Controllers::default()
        };
        let names = |store: &Store| store.objects().keys().map(|key| key.name.clone()).collect();
        store.put(object("Deployment", "one", None));
        store.put(object("Deployment", "other", None));
        let mut owned = object("ReplicaSet", "owned", Some("one"));
        owned["metadata"]["ownerReferences"] = json!([{ "uid": "one" }, { "uid": "other" }]);
        store.put(owned);
        for (gone, left) in [("one", vec!["other", "owned"]), ("other", vec![])] {
            store.delete(&Key::new("apps/v1", "Deployment", "ml", gone));
            controllers.play(&mut store);
            let found: Vec<String> = names(&store);
            assert_eq!(found, left);
        }
    }

    #[test]
    fn a_load_is_met_within_bounds() {
        let mut store = Store::default();
        store.put(object("Deployment", "feast", None));
        store.put(json!({
            "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": { "namespace": "ml", "name": "feast" },
            "spec": {
                "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "feast" },
                "minReplicas": 2, "maxReplicas": 5,
            },
        }));
        let deployment = Key::new("apps/v1", "Deployment", "ml", "feast");
        for (load, replicas) in [(1, 2), (3, 3), (9, 5)] {
            let controllers = Controllers {
                load: Some(load),
                availability: true,
                ..Controllers::default()
            };
            controllers.play(&mut store);
            let live = store.get(&deployment).expect("it is there");
            assert_eq!(live["spec"]["replicas"], replicas);
            assert_eq!(live["status"]["readyReplicas"], replicas);
        }
    }
}
