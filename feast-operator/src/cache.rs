//! The known objects of the cluster.

use std::borrow::Cow;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use feast_render::ObjectRef;

use crate::observed::Observed;

/// Objects of the cluster, known from watches and from responses to writes.
///
/// A write is known at once, before a watch reports it.
#[derive(Debug, Default)]
pub struct Cache(RwLock<Known>);

#[derive(Debug, Default)]
struct Known {
    /// The indexes share the references, of which there are many.
    objects: BTreeMap<Arc<ObjectRef>, Arc<Observed>>,
    /// The objects with a FeatureStore's label, by its namespace and name.
    labelled: BTreeMap<Label, BTreeSet<Arc<ObjectRef>>>,
    /// The FeatureStores, by name.
    stores: BTreeMap<String, BTreeSet<Arc<ObjectRef>>>,
    /// The objects that no watch reports, because they lack the label that watches select.
    strangers: BTreeSet<ObjectRef>,
    /// The newest version that watches have reported, for each type and namespace.
    told: HashMap<Place, u128>,
}

/// The label of a FeatureStore, in a namespace or for the whole cluster.
type Label = (Option<String>, Box<str>);

/// A type in a namespace.
type Place = (Cow<'static, str>, Cow<'static, str>, Option<String>);

/// A change of an object in a [`Cache`].
#[derive(Clone, Debug)]
pub struct Change {
    /// The object before.
    pub before: Option<Arc<Observed>>,
    /// The object now.
    pub after: Option<Arc<Observed>>,
}

impl Change {
    /// Whether the object's status changed; its reference tells its type.
    pub fn is_in_status(&self, reference: &ObjectRef) -> bool {
        if !Observed::keeps_status(&reference.kind) {
            return false;
        }
        let status = |object: &Option<Arc<Observed>>| {
            let value = object.as_ref()?.value(reference).ok()?;
            value.get("status").cloned()
        };
        status(&self.before) != status(&self.after)
    }
}

impl Cache {
    /// The object, if it exists.
    pub fn get(&self, reference: &ObjectRef) -> Option<Arc<Observed>> {
        self.read().objects.get(reference).cloned()
    }

    /// The objects of a type in a namespace.
    pub fn of_kind(
        &self,
        api_version: &str,
        kind: &str,
        namespace: Option<&str>,
    ) -> Vec<(ObjectRef, Arc<Observed>)> {
        let first = ObjectRef {
            api_version: api_version.to_owned().into(),
            kind: kind.to_owned().into(),
            namespace: namespace.map(str::to_owned),
            name: String::new(),
        };
        let known = self.read();
        let objects = known.objects.range::<ObjectRef, _>(&first..);
        let objects = objects.take_while(|(reference, _)| {
            reference.api_version == first.api_version
                && reference.kind == first.kind
                && (namespace.is_none() || reference.namespace == first.namespace)
        });
        objects
            .map(|(reference, object)| (ObjectRef::clone(reference), Arc::clone(object)))
            .collect()
    }

    /// The objects of all types with a FeatureStore's label, in its namespace.
    pub fn labelled(&self, store: &ObjectRef) -> Vec<(ObjectRef, Arc<Observed>)> {
        let known = self.read();
        let own = known.labelled.get(&label_of(store));
        let own = own.into_iter().flatten();
        let own = own.filter_map(|reference| Some((reference, known.objects.get(reference)?)));
        own.map(|(reference, object)| (ObjectRef::clone(reference), Arc::clone(object)))
            .collect()
    }

    /// The FeatureStores with a name, in any namespace.
    pub(crate) fn stores(&self, name: &str) -> BTreeSet<ObjectRef> {
        let known = self.read();
        let stores = known.stores.get(name).into_iter().flatten();
        stores.map(|store| ObjectRef::clone(store)).collect()
    }

    /// Records an object that a watch reported; `None` if nothing changed.
    pub fn put(&self, reference: ObjectRef, object: Observed) -> Option<Change> {
        let mut known = self.write();
        known.hear(&reference, &object);
        known.strangers.remove(&reference);
        known.put(reference, object)
    }

    /// Records an object that was written. Later reports of watches take precedence: the object may
    /// be deleted by now.
    pub fn written(&self, reference: ObjectRef, object: Observed) -> Option<Change> {
        let mut known = self.write();
        if known.has_heard(&reference, &object) {
            return None;
        }
        known.put(reference, object)
    }

    /// Records the current state of an object that no watch reports, and whose changes will
    /// therefore go unnoticed: see [`is_stranger`](Self::is_stranger).
    pub fn found(&self, reference: ObjectRef, object: Observed) {
        let mut known = self.write();
        let is_stranger = known.strangers.contains(&reference);
        if is_stranger || !known.objects.contains_key(&reference) {
            known.insert(reference.clone(), Arc::new(object));
            known.strangers.insert(reference);
        }
    }

    /// Reduces the objects of a FeatureStore to their [outlines](Observed::outline).
    pub fn outline(&self, store: &ObjectRef) {
        let mut known = self.write();
        let Known {
            objects, labelled, ..
        } = &mut *known;
        for reference in labelled.get(&label_of(store)).into_iter().flatten() {
            if let Some(object) = objects.get_mut(reference) {
                *object = Arc::new(object.outline());
            }
        }
    }

    /// Records the full state of an object that is known as an [outline](Observed::outline); `None`
    /// if it is deleted.
    pub fn fill(&self, reference: &ObjectRef, object: Option<Observed>) {
        let mut known = self.write();
        let outline = known.objects.get(reference);
        let is_outline = outline.is_some_and(|outline| outline.is_outline());
        match object {
            Some(object) if is_outline => drop(known.put(reference.clone(), object)),
            None if is_outline => drop(known.take(reference)),
            _ => {}
        }
    }

    /// Whether an object was [found](Self::found) and no watch has reported it since. It must be
    /// read again before use.
    pub fn is_stranger(&self, reference: &ObjectRef) -> bool {
        self.read().strangers.contains(reference)
    }

    /// Forgets a found object that no longer exists.
    pub fn forget_stranger(&self, reference: &ObjectRef) {
        let mut known = self.write();
        if known.strangers.remove(reference) {
            known.take(reference);
        }
    }

    /// Forgets all found objects of a namespace, or of the cluster scope.
    pub fn forget_strangers(&self, namespace: Option<&str>) {
        let mut known = self.write();
        let is_here = |object: &ObjectRef| {
            object.namespace.is_none() || object.namespace.as_deref() == namespace
        };
        let gone = known.strangers.iter().filter(|object| is_here(object));
        let gone: Vec<_> = gone.cloned().collect();
        for reference in gone {
            known.strangers.remove(&reference);
            known.take(&reference);
        }
    }

    /// Forgets a deleted object; `None` if it was unknown or has been recreated since.
    pub fn remove(&self, reference: &ObjectRef, gone: &Observed) -> Option<Change> {
        let mut known = self.write();
        known.hear(reference, gone);
        let before = known.objects.get(reference)?;
        if is_older(gone, before) {
            return None;
        }
        let before = known.take(reference);
        known.strangers.remove(reference);
        Some(Change {
            before,
            after: None,
        })
    }

    /// Forgets the objects that match and were not seen.
    pub fn retain(
        &self,
        seen: &BTreeSet<ObjectRef>,
        matches: impl Fn(&ObjectRef) -> bool,
    ) -> Vec<(ObjectRef, Change)> {
        let mut known = self.write();
        let Known {
            objects, strangers, ..
        } = &*known;
        let gone = objects.keys().filter(|reference| {
            matches(reference)
                && ![seen, strangers]
                    .iter()
                    .any(|known| known.contains(&***reference))
        });
        let gone: Vec<_> = gone.map(|reference| ObjectRef::clone(reference)).collect();
        let gone = gone.into_iter().map(|reference| {
            let before = known.take(&reference);
            let after = None;
            (reference, Change { before, after })
        });
        gone.collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, Known> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Known> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn put(&mut self, reference: ObjectRef, object: Observed) -> Option<Change> {
        let before = self.objects.get(&reference).cloned();
        if before
            .as_ref()
            .is_some_and(|before| is_older(&object, before))
        {
            return None;
        }
        let same = before
            .as_ref()
            .is_some_and(|before| before.says_the_same(&object));
        let after = Arc::new(object);
        self.insert(reference, Arc::clone(&after));
        (!same).then_some(Change {
            before,
            after: Some(after),
        })
    }

    fn insert(&mut self, reference: ObjectRef, object: Arc<Observed>) {
        self.take(&reference);
        let reference = Arc::new(reference);
        if let Some(label) = label(&reference, &object) {
            let own = self.labelled.entry(label).or_default();
            own.insert(Arc::clone(&reference));
        }
        if reference.kind == feast_api::KIND {
            let stores = self.stores.entry(reference.name.clone()).or_default();
            stores.insert(Arc::clone(&reference));
        }
        self.objects.insert(reference, object);
    }

    fn take(&mut self, reference: &ObjectRef) -> Option<Arc<Observed>> {
        let object = self.objects.remove(reference)?;
        self.unlabel(reference, &object);
        self.unname(reference);
        Some(object)
    }

    /// Removes a FeatureStore from the index of names.
    fn unname(&mut self, reference: &ObjectRef) {
        if reference.kind != feast_api::KIND {
            return;
        }
        if let Some(stores) = self.stores.get_mut(&reference.name) {
            stores.remove(reference);
            if stores.is_empty() {
                self.stores.remove(&reference.name);
            }
        }
    }

    /// Removes an object from the index of its previous label.
    fn unlabel(&mut self, reference: &ObjectRef, before: &Observed) {
        let Some(label) = label(reference, before) else {
            return;
        };
        if let Entry::Occupied(mut own) = self.labelled.entry(label) {
            own.get_mut().remove(reference);
            if own.get().is_empty() {
                own.remove();
            }
        }
    }

    /// Records that a watch has reported this version.
    fn hear(&mut self, reference: &ObjectRef, object: &Observed) {
        if let Some(version) = number(object) {
            let told = self.told.entry(place(reference)).or_default();
            *told = version.max(*told);
        }
    }

    /// Whether a watch has reported this version.
    fn has_heard(&self, reference: &ObjectRef, object: &Observed) -> bool {
        let told = self.told.get(&place(reference));
        told.zip(number(object))
            .is_some_and(|(told, version)| *told >= version)
    }
}

fn place(reference: &ObjectRef) -> Place {
    let ObjectRef {
        api_version,
        kind,
        namespace,
        ..
    } = reference.clone();
    (api_version, kind, namespace)
}

/// The label of an object.
fn label(reference: &ObjectRef, object: &Observed) -> Option<Label> {
    let name = object.label()?;
    Some((reference.namespace.clone(), name.into()))
}

/// The label of a FeatureStore's objects in its namespace.
fn label_of(store: &ObjectRef) -> Label {
    (store.namespace.clone(), store.name.as_str().into())
}

/// The resource version, if it can be compared: a decimal number that increases with each change of
/// any object of the type.
fn number(object: &Observed) -> Option<u128> {
    object.version().parse().ok()
}

/// Whether `new` was read before `known`.
fn is_older(new: &Observed, known: &Observed) -> bool {
    number(new)
        .zip(number(known))
        .is_some_and(|(new, known)| new < known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn reference(namespace: &str, name: &str) -> ObjectRef {
        ObjectRef {
            api_version: "v1".into(),
            kind: "Service".into(),
            namespace: Some(namespace.into()),
            name: name.into(),
        }
    }

    fn observed(version: &str, port: i32) -> Observed {
        let metadata = json!({ "name": "a", "resourceVersion": version });
        serde_json::from_value(json!({ "metadata": metadata, "spec": { "port": port } })).unwrap()
    }

    #[test]
    fn labelled_objects_are_found_while_they_have_the_label() {
        let labelled = |version: &str, name: &str| -> Observed {
            let labels = json!({ "feast.dev/name": name });
            let metadata = json!({ "name": "a", "resourceVersion": version, "labels": labels });
            serde_json::from_value(json!({ "metadata": metadata })).unwrap()
        };
        let cache = Cache::default();
        let object = reference("ml", "a");
        let own = |store: &ObjectRef| {
            let own = cache.labelled(store).into_iter();
            own.map(|(reference, _)| reference).collect::<Vec<_>>()
        };
        let (shop, other) = (reference("ml", "shop"), reference("other", "shop"));
        cache.put(object.clone(), labelled("1", "shop"));
        assert_eq!((own(&shop), own(&other)), (vec![object.clone()], vec![]));
        cache.put(object.clone(), labelled("2", "train"));
        assert_eq!(own(&shop), []);
        let train = reference("ml", "train");
        assert_eq!(own(&train), std::slice::from_ref(&object));
        cache.remove(&object, &labelled("3", "train"));
        assert_eq!(own(&train), []);
        assert!(cache.read().labelled.is_empty());
    }

    #[test]
    fn feature_stores_are_found_by_name_as_long_as_they_are_there() {
        let cache = Cache::default();
        let [one, other] = ["ml", "other"].map(|namespace| ObjectRef {
            kind: feast_api::KIND.into(),
            ..reference(namespace, "shop")
        });
        cache.put(one.clone(), observed("1", 1));
        cache.put(other.clone(), observed("2", 1));
        cache.put(reference("ml", "shop"), observed("3", 1));
        assert_eq!(cache.stores("shop"), [one.clone(), other.clone()].into());
        cache.remove(&one, &observed("4", 1));
        assert_eq!(cache.stores("shop"), [other.clone()].into());
        cache.remove(&other, &observed("5", 1));
        assert_eq!(cache.stores("shop"), BTreeSet::new());
        assert!(cache.read().stores.is_empty());
    }

    #[test]
    fn an_outline_is_filled_once() {
        let cache = Cache::default();
        let (object, store) = (reference("ml", "a"), reference("ml", "shop"));
        let labels = json!({ "feast.dev/name": "shop" });
        let full = |version: &str| -> Observed {
            let metadata = json!({ "name": "a", "resourceVersion": version, "labels": labels });
            serde_json::from_value(json!({ "metadata": metadata })).unwrap()
        };
        cache.put(object.clone(), full("1"));
        cache.outline(&store);
        let is_outline = || cache.get(&object).map(|object| object.is_outline());
        assert_eq!(is_outline(), Some(true));
        cache.fill(&object, Some(full("2")));
        assert_eq!(is_outline(), Some(false));
        cache.fill(&object, None);
        assert_eq!(is_outline(), Some(false), "made anew since");
        cache.outline(&store);
        cache.fill(&object, None);
        assert_eq!(is_outline(), None);
    }

    #[test]
    fn old_versions_are_ignored() {
        let cache = Cache::default();
        let a = reference("ml", "a");
        assert!(cache.put(a.clone(), observed("10", 1)).is_some());
        assert!(
            cache.put(a.clone(), observed("9", 2)).is_none(),
            "read before"
        );
        assert!(
            cache.put(a.clone(), observed("11", 1)).is_none(),
            "the same"
        );
        assert!(
            cache.remove(&a, &observed("10", 1)).is_none(),
            "made anew since"
        );
        assert_eq!(cache.get(&a).unwrap().version(), "11");
        assert!(cache.remove(&a, &observed("12", 1)).is_some());
        assert!(cache.get(&a).is_none());
    }

    #[test]
    fn a_late_response_does_not_restore_a_deleted_object() {
        let cache = Cache::default();
        let a = reference("ml", "a");
        assert!(cache.written(a.clone(), observed("10", 1)).is_some());
        assert!(cache.remove(&a, &observed("12", 1)).is_some());
        assert!(cache.written(a.clone(), observed("11", 2)).is_none());
        assert!(cache.get(&a).is_none());
        assert!(cache.written(a.clone(), observed("13", 2)).is_some());
    }

    #[test]
    fn an_object_is_a_stranger_until_a_watch_reports_it() {
        let cache = Cache::default();
        let (a, b) = (reference("ml", "a"), reference("other", "b"));
        for found in [&a, &b] {
            cache.found(found.clone(), observed("5", 1));
            assert!(cache.is_stranger(found));
        }
        cache.found(a.clone(), observed("4", 2));
        assert_eq!(
            cache.get(&a).unwrap().version(),
            "4",
            "it may be another one"
        );
        assert!(cache.retain(&BTreeSet::new(), |_| true).is_empty());
        assert!(cache.put(a.clone(), observed("6", 3)).is_some());
        assert!(!cache.is_stranger(&a));
        cache.found(a.clone(), observed("7", 4));
        assert_eq!(cache.get(&a).unwrap().version(), "6", "a watch tells of it");
        cache.forget_stranger(&a);
        cache.forget_strangers(Some("ml"));
        assert!(cache.get(&a).is_some() && cache.get(&b).is_some());
        cache.forget_strangers(Some("other"));
        assert!(cache.get(&b).is_none());
    }

    #[test]
    fn objects_missing_from_a_list_are_forgotten() {
        let cache = Cache::default();
        for (namespace, name) in [("ml", "a"), ("ml", "b"), ("other", "c")] {
            cache.put(reference(namespace, name), observed("1", 1));
        }
        let seen = BTreeSet::from([reference("ml", "a")]);
        let gone = cache.retain(&seen, |reference| {
            reference.namespace.as_deref() == Some("ml")
        });
        assert_eq!(gone.len(), 1);
        assert_eq!(gone[0].0, reference("ml", "b"));
        let left = |namespace| cache.of_kind("v1", "Service", namespace).len();
        assert_eq!(
            (left(Some("ml")), left(Some("other")), left(None)),
            (1, 1, 2)
        );
    }
}
