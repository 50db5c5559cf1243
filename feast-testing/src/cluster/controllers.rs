//! What others do in a cluster while an operator works.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Key, Store};

/// The controllers of Kubernetes that are played. None by default.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Controllers {
    /// Deletes what belongs to nobody any more.
    pub(crate) garbage_collection: bool,
    /// Makes pods ready.
    pub(crate) availability: bool,
    /// How many replicas the load calls for.
    pub(crate) load: Option<i32>,
}

impl Controllers {
    /// One round of each.
    pub(crate) fn play(self, store: &mut Store) {
        if self.garbage_collection {
            collect_garbage(store);
        }
        if let Some(load) = self.load {
            scale(store, load);
        }
        if self.availability {
            make_available(store);
        }
    }
}

/// Deletes objects of which no owner is left, until there are none.
fn collect_garbage(store: &mut Store) {
    loop {
        let uids: BTreeSet<&str> = store.objects().values().filter_map(uid).collect();
        let is_garbage = |object: &Value| {
            let owners = object
                .pointer("/metadata/ownerReferences")
                .and_then(Value::as_array);
            owners.is_some_and(|owners| {
                let is_there =
                    |owner: &Value| owner["uid"].as_str().is_some_and(|uid| uids.contains(uid));
                !owners.is_empty() && !owners.iter().any(is_there)
            })
        };
        let objects = store.objects().iter();
        let is_going = |object: &Value| object.pointer("/metadata/deletionTimestamp").is_some();
        let garbage: Vec<Key> = objects
            .filter(|(_, object)| is_garbage(object) && !is_going(object))
            .map(|(key, _)| key.clone())
            .collect();
        if garbage.is_empty() {
            return;
        }
        for key in garbage {
            store.delete(&key);
        }
    }
}

fn uid(object: &Value) -> Option<&str> {
    object.pointer("/metadata/uid").and_then(Value::as_str)
}

/// Has every autoscaler ask for this many replicas, or the nearest number that it allows.
fn scale(store: &mut Store, load: i32) {
    let autoscalers = store.of_kind("autoscaling/v2", "HorizontalPodAutoscaler");
    let scaled: Vec<(Key, i32)> = autoscalers
        .map(|(key, one)| (target(key, one), clamp(one, load)))
        .collect();
    for (key, replicas) in scaled {
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

fn make_available(store: &mut Store) {
    let deployments = store.of_kind("apps/v1", "Deployment");
    let deployments: Vec<Key> = deployments.map(|(key, _)| key.clone()).collect();
    for deployment in deployments {
        store.make_available(&deployment);
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
    fn what_has_no_owner_left_goes_with_what_it_owns() {
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
