use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::Key;
use super::fields::Fields;
use super::owners::Owners;
use super::write::{self, Annotations};

/// The writer during an operator's pass.
const OPERATOR: &str = "operator";
/// The default writer.
const USER: &str = "user";

/// The objects of a cluster, and the ways in which users, controllers and operators write them.
///
/// An object that ends up unchanged does not count as changed, even if it was written. During an
/// operator's pass the operator is the writer, otherwise a user.
#[derive(Clone, Default)]
pub struct Store {
    objects: BTreeMap<Key, Value>,
    /// Shared by copies of the store until one of them writes the object.
    fields: BTreeMap<Key, Arc<Fields>>,
    owners: Owners,
    /// The previous state of objects that were written or deleted.
    touched: BTreeMap<Key, Option<Value>>,
    uids: u32,
    pass: Option<Pass>,
    /// Objects that the operator created.
    made: BTreeSet<Key>,
    trespasses: Vec<Trespass>,
    statuses: BTreeMap<Key, Vec<Value>>,
}

/// An operator's pass.
#[derive(Clone, Copy, Debug)]
struct Pass {
    /// The number of writes that the operator makes before it dies.
    left: usize,
    has_crashed: bool,
}

/// Fields that the operator changed although others had set them.
///
/// The FeatureStore's status belongs to the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trespass {
    /// The object.
    pub object: Key,
    /// The fields, as JSON pointers; the whole object (`""`) if it was deleted.
    pub fields: Vec<String>,
}

/// An apply was rejected because others manage some of the fields.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{object} was not applied: others manage {}", fields.join(", "))]
#[non_exhaustive]
pub struct Conflict {
    /// The object.
    pub object: Key,
    /// The fields, as JSON pointers.
    pub fields: Vec<String>,
}

/// What an apply does with fields of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conflicts {
    /// It takes them over.
    Force,
    /// It is rejected.
    Refuse,
}

impl AsRef<Self> for Store {
    fn as_ref(&self) -> &Self {
        self
    }
}

/// Shows which objects there are, not their contents: some are Secrets.
impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set()
            .entries(self.objects.keys().map(Key::to_string))
            .finish()
    }
}

/// Written and deleted objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Created and changed objects.
    pub written: BTreeSet<Key>,
    /// Deleted objects.
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

/// Reading.
impl Store {
    /// Returns an object.
    pub fn get(&self, key: &Key) -> Option<&Value> {
        self.objects.get(key)
    }

    /// All objects, ordered by key.
    pub fn objects(&self) -> &BTreeMap<Key, Value> {
        &self.objects
    }

    /// The objects of a kind, ordered by namespace and name.
    pub fn of_kind(&self, api_version: &str, kind: &str) -> impl Iterator<Item = (&Key, &Value)> {
        let first = Key::new(api_version, kind, "", "");
        self.objects
            .range(first.clone()..)
            .take_while(move |(key, _)| {
                (&key.api_version, &key.kind) == (&first.api_version, &first.kind)
            })
    }

    /// The objects of a kind in a namespace, in the order of their names.
    pub(super) fn of_namespace(
        &self,
        api_version: &str,
        kind: &str,
        namespace: &str,
    ) -> impl Iterator<Item = (&Key, &Value)> {
        let first = Key::new(api_version, kind, namespace, "");
        let objects = self.objects.range(first.clone()..);
        objects.take_while(move |(key, _)| {
            (&key.api_version, &key.kind, &key.namespace)
                == (&first.api_version, &first.kind, &first.namespace)
        })
    }

    /// The existing objects that an operator created.
    pub fn made(&self) -> impl Iterator<Item = (&Key, &Value)> {
        let made = self.made.iter();
        made.filter_map(|key| self.objects.get_key_value(key))
    }

    /// The fields of others that the operator changed.
    pub fn trespasses(&self) -> &[Trespass] {
        &self.trespasses
    }

    /// Every status that the operator has set since the last call to settle, in order.
    pub fn statuses(&self) -> &BTreeMap<Key, Vec<Value>> {
        &self.statuses
    }

    /// Changes since the last call.
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

/// Writes of users and Kubernetes' controllers.
impl Store {
    /// Creates or replaces an object. An existing one keeps its uid, unless another is given, and
    /// its status, which [`set_status`](Self::set_status) sets.
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

    /// Deletes an object; one with finalizers stays, marked as being deleted.
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
        } else if self.objects.contains_key(key) && !self.is_lost() {
            if self.pass.is_some() && !self.made.contains(key) {
                self.trespasses.push(Trespass {
                    object: key.clone(),
                    fields: vec![String::new()],
                });
            }
            let before = self.objects.remove(key);
            self.fields.remove(key);
            self.made.remove(key);
            self.owners.note(key, before.as_ref(), None);
            self.touched.entry(key.clone()).or_insert(before);
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

    pub(crate) fn new_uid(&mut self) -> Value {
        self.uids += 1;
        // Uids that nobody writes by hand.
        format!("c1057e40-0000-4000-8000-{:012}", self.uids).into()
    }
}

/// Writes of operators.
impl Store {
    /// Creates an object unless it exists.
    pub fn create(&mut self, object: Value) {
        let key = Key::of(&object);
        if !self.objects.contains_key(&key) {
            self.set(key, object);
        }
    }

    /// Creates an object, or replaces metadata by field and everything else as a whole. Keeps
    /// replicas if it sets none.
    pub fn overwrite(&mut self, object: Value, annotations: Annotations) {
        let key = Key::of(&object);
        self.change(&key, |live| write::overwrite(live, &object, annotations));
        self.create(object);
    }

    /// Applies a JSON merge patch.
    pub fn patch(&mut self, key: &Key, patch: &Value) {
        self.change(key, |live| write::patch(live, patch));
    }

    /// Server-side apply with force. A list is one field.
    #[expect(clippy::needless_pass_by_value, reason = "as every way of writing")]
    pub fn apply(&mut self, object: Value) {
        let manager = self.writer();
        // With force there are no conflicts.
        let _ = self.apply_as(manager, &object, Conflicts::Force);
    }

    /// Server-side apply as a field manager: removes fields that the manager applied before and now
    /// omits, unless others manage them, too. A list is one field.
    ///
    /// # Errors
    ///
    /// Another manager has set a field to another value, and conflicts are not forced.
    pub fn apply_as(
        &mut self,
        manager: &str,
        object: &Value,
        conflicts: Conflicts,
    ) -> Result<(), Conflict> {
        let whole = self.with_applied(manager, object, conflicts)?;
        self.write_applied(manager, object, whole);
        Ok(())
    }

    /// The result of an apply, without storing it.
    pub(crate) fn with_applied(
        &self,
        manager: &str,
        object: &Value,
        conflicts: Conflicts,
    ) -> Result<Value, Conflict> {
        let key = Key::of(object);
        let mut whole = self.get(&key).cloned().unwrap_or_else(|| json!({}));
        let Some(fields) = self.fields.get(&key) else {
            write::apply(&mut whole, &[], object);
            return Ok(whole);
        };
        let foreign = fields.conflicts(manager, &whole, object);
        if conflicts == Conflicts::Refuse && !foreign.is_empty() {
            return Err(Conflict {
                object: key,
                fields: foreign,
            });
        }
        write::apply(&mut whole, &fields.left_out(manager, object), object);
        Ok(whole)
    }

    /// Replaces an object by the result of an apply.
    pub(crate) fn write_applied(&mut self, manager: &str, object: &Value, whole: Value) {
        let key = Key::of(object);
        if self.write(manager, key.clone(), whole) {
            let fields = self.fields.entry(key).or_default();
            Arc::make_mut(fields).applied(manager, object);
        }
    }

    /// Changes an object, if it exists.
    fn change(&mut self, key: &Key, change: impl FnOnce(&mut Value)) {
        if let Some(mut object) = self.objects.get(key).cloned() {
            change(&mut object);
            self.set(key.clone(), object);
        }
    }

    fn set(&mut self, key: Key, object: Value) {
        let manager = self.writer();
        self.write(manager, key, object);
    }

    /// Replaces an object; returns whether the write succeeded.
    pub(crate) fn write(&mut self, manager: &str, key: Key, object: Value) -> bool {
        let object = write::stored(object);
        let before = self.objects.get(&key);
        if before == Some(&object) {
            return true;
        }
        if self.is_lost() {
            return false;
        }
        let before = self.objects.insert(key.clone(), object);
        let object = &self.objects[&key];
        self.owners.note(&key, before.as_ref(), Some(object));
        let fields = Arc::make_mut(self.fields.entry(key.clone()).or_default());
        let mut taken = fields.written(manager, before.as_ref(), object);
        if self.pass.is_some() {
            if before.is_none() && !key.is_record() {
                self.made.insert(key.clone());
            }
            if before.as_ref().map(|before| &before["status"]) != Some(&object["status"]) {
                self.statuses
                    .entry(key.clone())
                    .or_default()
                    .push(object["status"].clone());
            }
            taken.retain(|field| key.kind != "FeatureStore" || !field.starts_with("/status"));
            if !taken.is_empty() {
                self.trespasses.push(Trespass {
                    object: key.clone(),
                    fields: taken,
                });
            }
        }
        self.touched.entry(key).or_insert(before);
        true
    }
}

/// Field managers, as clients see them.
#[cfg(feature = "client")]
impl Store {
    /// The managers of an object's fields.
    pub(crate) fn fields(&self, key: &Key) -> Option<&Fields> {
        self.fields.get(key).map(Arc::as_ref)
    }

    /// Sets the managers of an object's fields from `metadata.managedFields`.
    pub(crate) fn set_managed_fields(&mut self, key: &Key, entries: &Value) {
        if let Some(object) = self.objects.get(key) {
            let fields = Fields::read(object, entries);
            self.fields.insert(key.clone(), Arc::new(fields));
        }
    }
}

/// Changes, for controllers.
impl Store {
    /// Objects created or changed since the last call.
    pub(super) fn take_unseen(&mut self) -> BTreeSet<Key> {
        self.owners.take_changed()
    }

    /// Objects that have lost their last owner since the last call.
    pub(super) fn take_garbage(&mut self) -> Vec<Key> {
        let suspects = self.owners.take_suspects().into_iter();
        let is_garbage = |object: &Value| {
            let is_going = object.pointer("/metadata/deletionTimestamp").is_some();
            !is_going && self.owners.is_orphan(object)
        };
        suspects
            .filter(|key| self.objects.get(key).is_some_and(is_garbage))
            .collect()
    }
}

/// Passes of an operator.
impl Store {
    /// Runs an operator's pass in which it dies after this many writes that change something.
    /// Returns whether it died.
    pub(super) fn pass<T>(&mut self, left: usize, pass: impl FnOnce(&mut Self) -> T) -> (T, bool) {
        self.pass = Some(Pass {
            left,
            has_crashed: false,
        });
        let outcome = pass(self);
        let has_crashed = self.pass.take().is_some_and(|pass| pass.has_crashed);
        (outcome, has_crashed)
    }

    /// Runs an operator's pass.
    #[cfg(feature = "client")]
    pub(crate) fn as_operator<T>(&mut self, write: impl FnOnce(&mut Self) -> T) -> T {
        self.pass(usize::MAX, write).0
    }

    /// Forgets the writes so far, but not their managers.
    pub(crate) fn start_over(&mut self) {
        self.touched.clear();
        self.trespasses.clear();
        self.statuses.clear();
    }

    /// The cluster as if the operator had never run.
    pub(crate) fn without_operator(&self) -> Self {
        let mut fresh = Self {
            uids: self.uids,
            ..Self::default()
        };
        let others = self
            .objects
            .iter()
            .filter(|(key, _)| !self.made.contains(*key));
        for (key, object) in others {
            let mut object = object.clone();
            if key.kind == "FeatureStore" && !self.has_status_of_user(key) {
                object.as_object_mut().map(|fields| fields.remove("status"));
            }
            fresh.put(object);
        }
        fresh.start_over();
        fresh
    }

    /// Whether a user set the status of an object.
    fn has_status_of_user(&self, key: &Key) -> bool {
        let fields = self.fields.get(key);
        fields.is_some_and(|fields| fields.are_of(USER, "/status"))
    }

    fn writer(&self) -> &'static str {
        if self.pass.is_some() { OPERATOR } else { USER }
    }

    /// Whether a write is lost because the operator is dead.
    fn is_lost(&mut self) -> bool {
        let Some(pass) = &mut self.pass else {
            return false;
        };
        pass.has_crashed |= pass.left == 0;
        pass.left = pass.left.saturating_sub(1);
        pass.has_crashed
    }
}

#[cfg(test)]
mod tests;
