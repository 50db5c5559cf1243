//! Tracks the objects that controllers have to visit, so that they need not visit all.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Key;

/// Owners and changes of objects, since the controllers last ran.
#[derive(Clone, Default)]
pub(super) struct Owners {
    /// Objects by uid.
    objects: BTreeMap<String, BTreeSet<Key>>,
    /// The objects that each uid owns, whether the owner exists or not.
    owned: BTreeMap<String, BTreeSet<Key>>,
    /// Objects that may have lost their last owner.
    suspects: BTreeSet<Key>,
    /// Created or changed objects.
    changed: BTreeSet<Key>,
}

impl Owners {
    /// Records a write of an object.
    pub(super) fn note(&mut self, key: &Key, before: Option<&Value>, after: Option<&Value>) {
        if let Some(before) = before {
            for owner in owners(before) {
                remove(&mut self.owned, owner, key);
            }
            if let Some(uid) = uid(before) {
                remove(&mut self.objects, uid, key);
            }
        }
        if let Some(after) = after {
            for owner in owners(after) {
                insert(&mut self.owned, owner, key);
                self.suspects.insert(key.clone());
            }
            if let Some(uid) = uid(after) {
                insert(&mut self.objects, uid, key);
            }
            self.changed.insert(key.clone());
        }
        let gone = before
            .and_then(uid)
            .filter(|uid| !self.objects.contains_key(*uid));
        let orphans = gone.and_then(|uid| self.owned.get(uid));
        self.suspects.extend(orphans.into_iter().flatten().cloned());
    }

    /// Takes the objects created or changed since the last call.
    pub(super) fn take_changed(&mut self) -> BTreeSet<Key> {
        std::mem::take(&mut self.changed)
    }

    /// Takes the objects that may have lost their last owner since the last call.
    pub(super) fn take_suspects(&mut self) -> BTreeSet<Key> {
        std::mem::take(&mut self.suspects)
    }

    /// Whether an object has owners, but none of them exists.
    pub(super) fn is_orphan(&self, object: &Value) -> bool {
        let mut owners = owners(object).peekable();
        owners.peek().is_some() && !owners.any(|owner| self.objects.contains_key(owner))
    }
}

fn insert(index: &mut BTreeMap<String, BTreeSet<Key>>, uid: &str, key: &Key) {
    let keys = index.entry(uid.to_owned()).or_default();
    keys.insert(key.clone());
}

fn remove(index: &mut BTreeMap<String, BTreeSet<Key>>, uid: &str, key: &Key) {
    if let Some(keys) = index.get_mut(uid) {
        keys.remove(key);
        if keys.is_empty() {
            index.remove(uid);
        }
    }
}

fn uid(object: &Value) -> Option<&str> {
    object.pointer("/metadata/uid").and_then(Value::as_str)
}

/// Uids of owners; owners without one are ignored.
fn owners(object: &Value) -> impl Iterator<Item = &str> {
    let owners = object.pointer("/metadata/ownerReferences");
    let owners = owners.and_then(Value::as_array).into_iter().flatten();
    owners.map(|owner| owner["uid"].as_str().unwrap_or_default())
}
