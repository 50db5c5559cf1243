//! Whether the cluster has what a FeatureStore calls for.

use std::collections::BTreeSet;

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreStatus};
use feast_operator::dereference::now;
use feast_operator::drift::is_settled;
use feast_operator::observed::Observed;
use feast_operator::report::told;
use feast_operator::segment;
use feast_render::{NAME_LABEL, Object, ObjectRef, Platform, Rendered, render, try_resolve};
use feast_testing::cluster::Key;
use feast_testing::operator::look_up;

use crate::rig::{Rig, key};

impl Rig {
    /// Demands just what a FeatureStore calls for, and a status that says so.
    pub(crate) fn is_planned(&self, name: &str) -> Box<Rendered> {
        self.is_settled(&key(name)).unwrap()
    }

    /// The same; of one that is refused, or does not fit its type, a status that says so.
    pub(crate) fn is_settled(&self, key: &Key) -> Option<Box<Rendered>> {
        let name = &key.name;
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
        let admitted = Admitted::assume(read).unwrap();
        let settings = self.settings.operator(Platform::kubernetes());
        let inputs = try_resolve(admitted, &settings, &now(), |wanted| {
            look_up(&store, wanted)
        });
        let rendered = match render(&inputs.unwrap()) {
            Ok(rendered) => Box::new(rendered),
            Err(refusal) => {
                assert_eq!(status.phase.as_deref(), Some("Failed"), "{refusal}");
                return None;
            }
        };
        let is_refused = |object: Object<'_>| segment::refusal(&object.reference().name).is_some();
        if rendered.plan.apply().any(is_refused) {
            assert_eq!(status.phase.as_deref(), Some("Failed"));
            return None;
        }
        assert_eq!(rendered.plan.patch().count(), 0);
        let mut wanted = BTreeSet::new();
        for object in rendered.plan.apply() {
            self.is_applied(object);
            wanted.insert(object.reference());
        }
        for (key, object) in store.objects() {
            let found = ObjectRef::from(key);
            if object["metadata"]["labels"][NAME_LABEL] == name.as_str() && !wanted.contains(&found)
            {
                // A claim is called for once.
                assert_eq!(found.kind, "PersistentVolumeClaim", "{found} is left over");
            }
        }
        assert_eq!(status, told(&rendered.status, generation), "{name}");
        Some(rendered)
    }

    fn is_applied(&self, object: Object<'_>) {
        let (reference, wanted) = (object.reference(), object.to_value());
        let live = self.server.get(&Key::from(&reference));
        let live = live.unwrap_or_else(|| panic!("no {reference}"));
        let observed: Observed = serde_json::from_value(live.clone()).unwrap();
        let observed = observed.value(&reference).unwrap();
        assert!(is_settled(&observed, &wanted), "{live:#} is not {wanted:#}");
    }
}
