//! Whether the cluster has what a FeatureStore calls for.

use std::collections::BTreeSet;

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_operator::dereference::now;
use feast_operator::drift::is_settled;
use feast_operator::observed::Observed;
use feast_operator::report::told;
use feast_operator::segment;
use feast_render::{NAME_LABEL, Object, ObjectRef, Rendered, render, try_resolve};
use feast_testing::cluster::{Key, Store};

use serde_json::{Value, json};

use crate::rig::{CRD, Rig, key};

/// Whether an API server stores a status of a FeatureStore as it is.
fn is_stored(live: &Value, status: &FeatureStoreStatus) -> bool {
    let mut told = live.clone();
    told["status"] = json!(status);
    let request = crd_admission::Request::update_status(live, &told);
    let validator = CRD.version("v1").unwrap();
    validator.run(request).outcome.is_ok()
}

impl Rig {
    /// Demands just what a FeatureStore calls for, and a status that says so.
    pub(crate) fn is_planned(&self, name: &str) -> Box<Rendered> {
        self.is_settled(&key(name)).unwrap()
    }

    /// The same; of one that is refused, or does not fit its type, a status that says so.
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
                // A claim is called for once.
                assert_eq!(found.kind, "PersistentVolumeClaim", "{found} is left over");
            }
        }
        let mut told = told(&rendered.status, generation);
        if !is_stored(&self.server.get(key)?, &told) {
            told.applied = None;
        }
        assert_eq!(status, told, "{key}");
        Some(rendered)
    }

    /// What a FeatureStore is rendered to on these objects, if it is not refused.
    fn rendered(&self, store: &Store, fs: FeatureStore) -> Option<Box<Rendered>> {
        let admitted = Admitted::assume(fs).unwrap();
        let settings = self.settings.operator(self.platform());
        let inputs = try_resolve(admitted, &settings, &now(), |wanted| store.look_up(wanted));
        let rendered = render(&inputs.unwrap()).ok()?;
        let is_refused = |object: Object<'_>| segment::refusal(&object.reference().name).is_some();
        let is_impossible = rendered.plan.apply().any(is_refused);
        (!is_impossible).then(|| Box::new(rendered))
    }

    /// Demands that an object is as the FeatureStore calls for it. What several share is to the
    /// reference as any of them calls for it.
    fn is_applied(&self, store: &Store, key: &Key, object: Object<'_>) {
        let (reference, wanted) = (object.reference(), object.to_value());
        let live = self.server.get(&Key::from(&reference));
        let live = live.unwrap_or_else(|| panic!("no {reference}"));
        let observed: Observed = serde_json::from_value(live.clone()).unwrap();
        let observed = observed.value(&reference).unwrap();
        if is_settled(&observed, &wanted) {
            return;
        }
        let is_shared = reference.namespace.as_deref() != Some(&key.namespace);
        let is_anyones = || {
            let stores = self
                .server
                .of_kind("feast.dev/v1", feast_api::KIND)
                .into_iter();
            let stores = stores.filter_map(|fs| FeatureStore::from_value(fs).ok());
            let rendered = stores.filter_map(|fs| self.rendered(store, fs));
            rendered.into_iter().any(|rendered| {
                let mut objects = rendered.plan.apply();
                let same = objects.find(|object| object.reference() == reference);
                same.is_some_and(|object| is_settled(&observed, &object.to_value()))
            })
        };
        let is_well = !self.settings.rendering.hardened && is_shared && is_anyones();
        assert!(is_well, "{live:#} is not {wanted:#}");
    }
}
