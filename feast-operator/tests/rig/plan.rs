//! Whether the cluster matches a FeatureStore.

use std::collections::BTreeSet;

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_operator::dereference::now;
use feast_operator::observed::Observed;
use feast_operator::report::told;
use feast_operator::segment;
use feast_render::drift::is_settled;
use feast_render::{NAME_LABEL, Object, ObjectRef, Rendered, render, try_resolve};
use feast_testing::cluster::{Key, Store};

use serde_json::{Value, json};

use crate::rig::{CRD, Rig, key};

/// Whether an API server stores a FeatureStore's status unchanged.
fn is_stored(live: &Value, status: &FeatureStoreStatus) -> bool {
    let mut told = live.clone();
    told["status"] = json!(status);
    let request = crd_admission::Request::update_status(live, &told);
    let validator = CRD.version("v1").unwrap();
    validator.run(request).outcome.is_ok()
}

impl Rig {
    /// Asserts that the cluster has exactly a FeatureStore's objects, and its status reports that.
    pub(crate) fn is_planned(&self, name: &str) -> Box<Rendered> {
        self.is_settled(&key(name)).unwrap()
    }

    /// Like [`is_planned`](Self::is_planned); for a rejected or unreadable FeatureStore, asserts a
    /// status that reports it.
    pub(crate) fn is_settled(&self, key: &Key) -> Option<Box<Rendered>> {
        let store = self.server.store();
        let live = self.server.get(key)?;
        let status = serde_json::from_value::<FeatureStoreStatus>(live["status"].clone());
        let status = status.unwrap();
        let generation = live["metadata"]["generation"].as_i64();
        let Ok(read) = FeatureStore::from_value(live) else {
            let conditions = status.conditions.unwrap_or_default();
            assert!(conditions.iter().any(|one| one.reason == "Unreadable"));
            return None;
        };
        let Some(rendered) = self.rendered(&store, read) else {
            assert_eq!(status.phase.as_deref(), Some("Failed"), "{key}");
            return None;
        };
        assert_eq!(rendered.plan.patch().count(), 0);
        let mut wanted = BTreeSet::new();
        for object in rendered.plan.apply() {
            self.is_applied(&store, key, object);
            wanted.insert(object.reference());
        }
        for (found, object) in store.objects() {
            let is_its = object["metadata"]["labels"][NAME_LABEL] == key.name.as_str()
                && found.namespace == key.namespace;
            if is_its && !wanted.contains(&ObjectRef::from(found)) {
                // A claim is only created once; and the reference leaves more behind.
                let stays = found.kind == "PersistentVolumeClaim" || !self.is_hardened();
                assert!(stays, "{found} is left over");
            }
        }
        let mut told = told(&rendered.status, generation);
        if !is_stored(&self.server.get(key)?, &told) {
            told.applied = None;
        }
        assert_eq!(status, told, "{key}");
        Some(rendered)
    }

    /// The rendering of a FeatureStore with these objects, unless it is rejected.
    fn rendered(&self, store: &Store, fs: FeatureStore) -> Option<Box<Rendered>> {
        let admitted = Admitted::assume(fs).unwrap();
        let settings = self.settings.duties.operator(self.platform());
        let inputs = try_resolve(admitted, &settings, &now(), |wanted| store.look_up(wanted));
        let rendered = render(&inputs.unwrap()).ok()?;
        let is_refused = |object: Object<'_>| segment::refusal(&object.reference().name).is_some();
        let is_impossible = rendered.plan.apply().any(is_refused);
        (!is_impossible).then(|| Box::new(rendered))
    }

    /// Asserts that an object is as the FeatureStore needs it.
    fn is_applied(&self, store: &Store, key: &Key, object: Object<'_>) {
        let (reference, wanted) = (object.reference(), object.to_value());
        let live = self.server.get(&Key::from(&reference));
        let live = live.unwrap_or_default();
        let is_well = is_there(&live, &reference, &wanted)
            || self.is_contested(key, &reference)
                && (live.is_null() || self.is_of_another(store, &live, &reference));
        assert!(is_well, "{reference}: {live:#} is not {wanted:#}");
    }

    /// Whether FeatureStores of the reference overwrite or delete each other's object, because it
    /// is outside their namespaces.
    fn is_contested(&self, key: &Key, object: &ObjectRef) -> bool {
        let stores = self.server.of_kind("feast.dev/v1", feast_api::KIND);
        let mut stores = stores.iter().map(Key::of);
        !self.is_hardened()
            && object.namespace.as_deref() != Some(&key.namespace)
            && stores.any(|other| other != *key)
    }

    /// Whether an object is as any FeatureStore needs it.
    fn is_of_another(&self, store: &Store, live: &Value, reference: &ObjectRef) -> bool {
        let stores = self.server.of_kind("feast.dev/v1", feast_api::KIND);
        let stores = stores.into_iter();
        let stores = stores.filter_map(|fs| FeatureStore::from_value(fs).ok());
        let mut rendered = stores.filter_map(|fs| self.rendered(store, fs));
        rendered.any(|rendered| {
            let mut objects = rendered.plan.apply();
            let same = objects.find(|object| object.reference() == *reference);
            same.is_some_and(|object| is_there(live, reference, &object.to_value()))
        })
    }
}

/// Whether a live object is as wanted.
fn is_there(live: &Value, reference: &ObjectRef, wanted: &Value) -> bool {
    let observed = serde_json::from_value::<Observed>(live.clone());
    let observed = observed.and_then(|observed| observed.value(reference));
    observed.is_ok_and(|observed| is_settled(&observed, wanted))
}
