use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Key, write};

/// The objects of a cluster, with the ways in which users, controllers and operators write them.
///
/// What ends as it was is no change, however often it was written.
#[derive(Clone, Debug, Default)]
pub struct Store {
    objects: BTreeMap<Key, Value>,
    applied: BTreeMap<Key, Value>,
    /// What the objects written or deleted were before.
    touched: BTreeMap<Key, Option<Value>>,
    uids: u32,
}

/// What was written and deleted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Objects that were made or became another.
    pub written: BTreeSet<Key>,
    /// Objects that are gone.
    pub deleted: BTreeSet<Key>,
}

impl Changes {
    /// Whether nothing changed.
    pub fn is_empty(&self) -> bool {
        self.written.is_empty() && self.deleted.is_empty()
    }

    /// Adds later changes.
    pub fn extend(&mut self, later: Self) {
        self.written.retain(|key| !later.deleted.contains(key));
        self.deleted.retain(|key| !later.written.contains(key));
        self.written.extend(later.written);
        self.deleted.extend(later.deleted);
    }
}

/// What becomes of live annotations when an object is overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Annotations {
    /// They stay unless the object gives them.
    Added,
    /// They go if the object gives any, be it none of them.
    Replaced,
}

/// Reading.
impl Store {
    /// An object.
    pub fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    /// All objects in the order of their keys.
    pub fn objects(&self) -> &BTreeMap<Key, Value> {
        &self.objects
    }

    /// The objects of a kind, in the order of namespace and name.
    pub fn of_kind(&self, api_version: &str, kind: &str) -> impl Iterator<Item = (&Key, &Value)> {
        let first = Key::new(api_version, kind, "", "");
        self.objects
            .range(first.clone()..)
            .take_while(move |(key, _)| {
                (&key.api_version, &key.kind) == (&first.api_version, &first.kind)
            })
    }

    /// What changed since this was asked last.
    pub fn take_changes(&mut self) -> Changes {
        let mut changes = Changes::default();
        for (key, before) in std::mem::take(&mut self.touched) {
            match (before.as_ref(), self.objects.get(&key)) {
                (before, after) if before == after => false,
                (_, Some(_)) => changes.written.insert(key),
                (_, None) => changes.deleted.insert(key),
            };
        }
        changes
    }
}

/// Writing as a user or a controller of Kubernetes.
impl Store {
    /// Creates or replaces an object. One that is there keeps its uid, unless another is given, and
    /// its status, which has a way of its own: [`set_status`](Self::set_status).
    pub fn put(&mut self, mut object: Value) {
        let key = Key::of(&object);
        let live = self.objects.get(&key);
        if let (Some(live), Some(fields)) = (live, object.as_object_mut()) {
            match live.get("status") {
                Some(status) => fields.insert("status".into(), status.clone()),
                None => fields.remove("status"),
            };
        }
        if object["metadata"]["uid"].is_null() {
            object["metadata"]["uid"] = match live.and_then(|live| live.pointer("/metadata/uid")) {
                Some(uid) => uid.clone(),
                None => self.new_uid(),
            };
        }
        self.set(key, object);
    }

    /// Deletes an object; one with finalizers stays, being deleted.
    pub fn delete(&mut self, key: &Key) {
        let finalizers = self
            .get(key)
            .and_then(|live| live.pointer("/metadata/finalizers"));
        if finalizers
            .and_then(Value::as_array)
            .is_some_and(|list| !list.is_empty())
        {
            self.change(key, |live| {
                live["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
            });
        } else if let Some(before) = self.objects.remove(key) {
            self.applied.remove(key);
            self.touched.entry(key.clone()).or_insert(Some(before));
        }
    }

    /// Sets the replicas of an object, as `kubectl scale` or an autoscaler does.
    pub fn scale(&mut self, key: &Key, replicas: i32) {
        self.change(key, |live| live["spec"]["replicas"] = replicas.into());
    }

    /// Sets the status of an object.
    pub fn set_status(&mut self, key: &Key, status: Value) {
        self.change(key, |live| live["status"] = status);
    }

    /// Makes all pods of a Deployment ready.
    pub fn make_available(&mut self, key: &Key) {
        self.change(key, |live| {
            let replicas = live
                .pointer("/spec/replicas")
                .and_then(Value::as_i64)
                .unwrap_or(1);
            live["status"] = json!({
                "conditions": [{ "type": "Available", "status": "True" }],
                "replicas": replicas,
                "readyReplicas": replicas,
            });
        });
    }

    fn new_uid(&mut self) -> Value {
        self.uids += 1;
        format!("00000000-0000-0000-0000-{:012}", self.uids).into()
    }
}

/// Writing as an operator.
impl Store {
    /// Creates an object unless there is one.
    pub fn create(&mut self, object: Value) {
        let key = Key::of(&object);
        if !self.objects.contains_key(&key) {
            self.set(key, object);
        }
    }

    /// Creates an object, or overwrites what it gives: metadata by field, all else whole. Replicas
    /// stay if it gives none.
    pub fn overwrite(&mut self, object: Value, annotations: Annotations) {
        let key = Key::of(&object);
        self.change(&key, |live| write::overwrite(live, &object, annotations));
        self.create(object);
    }

    /// Changes an object by a JSON merge patch.
    pub fn patch(&mut self, key: &Key, patch: &Value) {
        self.change(key, |live| write::patch(live, patch));
    }

    /// Applies an object, forced, on the server's side. There is one manager of fields, and a
    /// list is one field.
    pub fn apply(&mut self, object: Value) {
        let key = Key::of(&object);
        let applied = self.applied.insert(key.clone(), object.clone());
        self.change(&key, |live| write::apply(live, applied.as_ref(), &object));
        self.create(object);
    }

    /// Changes an object if it is there.
    fn change(&mut self, key: &Key, change: impl FnOnce(&mut Value)) {
        if let Some(mut object) = self.objects.get(key).cloned() {
            change(&mut object);
            self.set(key.clone(), object);
        }
    }

    fn set(&mut self, key: Key, object: Value) {
        let before = self.objects.insert(key.clone(), object);
        self.touched.entry(key).or_insert(before);
    }
}
