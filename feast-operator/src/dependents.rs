//! Which FeatureStores refer to an object that they do not own.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{PoisonError, RwLock};

use feast_api::Admitted;
use feast_render::{ObjectRef, Wanted, references};

/// For each referenced Secret, ConfigMap and FeatureStore, the FeatureStores that refer to it.
#[derive(Debug, Default)]
pub struct Dependents(RwLock<Index>);

#[derive(Debug, Default)]
struct Index {
    dependents: BTreeMap<ObjectRef, BTreeSet<ObjectRef>>,
    references: BTreeMap<ObjectRef, Box<[ObjectRef]>>,
    mlflow: BTreeSet<ObjectRef>,
}

impl Dependents {
    /// Records the references of a FeatureStore; `None` if it is deleted. Returns the objects that
    /// nothing refers to any longer.
    pub fn update(&self, key: &ObjectRef, store: Option<&Admitted>) -> Vec<ObjectRef> {
        let wanted = store.map(references).unwrap_or_default();
        let named: BTreeSet<_> = wanted.iter().filter_map(Wanted::object).cloned().collect();
        let mut index = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let index = &mut *index;
        if wanted.contains(&Wanted::MlflowServers) {
            index.mlflow.insert(key.clone());
        } else {
            index.mlflow.remove(key);
        }
        let before = index.references.remove(key).unwrap_or_default();
        let before = BTreeSet::from_iter(before);
        let mut released = Vec::new();
        for object in before.difference(&named) {
            if let Some(dependents) = index.dependents.get_mut(object) {
                dependents.remove(key);
                if dependents.is_empty() {
                    index.dependents.remove(object);
                    released.push(object.clone());
                }
            }
        }
        for object in named.difference(&before) {
            let dependents = index.dependents.entry(object.clone()).or_default();
            dependents.insert(key.clone());
        }
        if !named.is_empty() {
            let named = named.into_iter().collect();
            index.references.insert(key.clone(), named);
        }
        released
    }

    /// The FeatureStores that refer to an object; for an MLflow server, those that look for one.
    pub fn of(&self, object: &ObjectRef) -> BTreeSet<ObjectRef> {
        let index = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if object.kind == "MLflow" {
            return index.mlflow.clone();
        }
        index.dependents.get(object).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feast_api::v1::FeatureStore;
    use serde_json::json;

    #[test]
    fn references_are_added_and_removed() {
        let store = |secret: &str| {
            let store = FeatureStore::from_value(json!({
                "apiVersion": "feast.dev/v1",
                "kind": "FeatureStore",
                "metadata": { "name": "a", "namespace": "ml" },
                "spec": {
                    "feastProject": "x",
                    "services": { "onlineStore": { "persistence": { "store": {
                        "type": "redis", "secretRef": { "name": secret },
                    } } } },
                },
            }));
            Admitted::assume(store.unwrap()).unwrap()
        };
        let key = ObjectRef::new::<FeatureStore>(Some("ml"), "a");
        let secret =
            |name: &str| ObjectRef::new::<k8s_openapi::api::core::v1::Secret>(Some("ml"), name);
        let dependents = Dependents::default();
        let others = |name: &str| dependents.of(&secret(name)).into_iter().collect::<Vec<_>>();
        assert!(dependents.update(&key, Some(&store("one"))).is_empty());
        assert_eq!(others("one"), std::slice::from_ref(&key));
        assert_eq!(
            dependents.update(&key, Some(&store("two"))),
            [secret("one")]
        );
        assert_eq!((others("one").len(), others("two").len()), (0, 1));
        let released = dependents.update(&key, None);
        assert!(released.contains(&secret("two")), "{released:?}");
        assert!(others("two").is_empty());
    }
}
