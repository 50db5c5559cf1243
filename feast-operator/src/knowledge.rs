//! The operator's knowledge: its configuration, the cluster's features, and the known objects.
//!
//! Nothing here waits, sends requests or reads a clock. Callers record responses of the API server,
//! and learn which FeatureStores they affect.

use std::collections::BTreeSet;
use std::sync::Arc;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Correction, DISCOVERY_CONFIG_MAPS, ObjectRef, OperatorSettings};
use k8s_openapi::Resource;
use k8s_openapi::api::core::v1::{ConfigMap, Secret};

use crate::answers::Answers;
use crate::cache::{Cache, Change};
use crate::configuration::Configuration;
use crate::contents::Contents;
use crate::dependents::Dependents;
use crate::error::Error;
use crate::fetched::Fetched;
use crate::listed::{self, Listed, Reading};
use crate::observed::Observed;
use crate::platform::{self, Offer};

/// The operator's knowledge.
#[derive(Debug)]
pub struct Knowledge {
    /// The configuration.
    pub configuration: Configuration,
    /// The cluster's features.
    pub offer: Offer,
    /// FeatureStores and their rendered objects.
    pub objects: Cache,
    /// Versions of existing Secrets and ConfigMaps; also of FeatureStores, if other operators
    /// reconcile some of them.
    pub versions: Cache,
    /// Contents of referenced Secrets.
    pub secrets: Contents<Secret>,
    /// Contents of referenced ConfigMaps.
    pub config_maps: Contents<ConfigMap>,
    /// Contents of referenced FeatureStores of other operators.
    pub feature_stores: Contents<Fetched>,
    /// References of FeatureStores.
    pub dependents: Dependents,
    /// Contents of the shared discovery ConfigMaps.
    pub listed: Listed,
    /// Responses to objects that the API server changes or rejects.
    pub answers: Answers,
    operator: OperatorSettings,
    /// Whether FeatureStores that share an object want the same of it. With the reference they do
    /// not, and would overwrite each other forever if each reacted to the others' changes.
    agrees: bool,
}

/// Which FeatureStores a change affects.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// FeatureStores to reconcile again.
    pub concerned: BTreeSet<ObjectRef>,
    /// The FeatureStore that was deleted.
    pub gone: Option<ObjectRef>,
}

impl Knowledge {
    /// The initial knowledge, without any objects.
    pub fn new(configuration: Configuration, offer: Offer) -> Self {
        let operator = configuration.operator(offer.platform.clone());
        let corrects = |correction| operator.corrections.contains(correction);
        Self {
            agrees: corrects(Correction::NamespacedClusterBindings)
                && corrects(Correction::SharedDiscovery),
            operator,
            configuration,
            offer,
            objects: Cache::default(),
            versions: Cache::default(),
            secrets: Contents::default(),
            config_maps: Contents::default(),
            feature_stores: Contents::default(),
            dependents: Dependents::default(),
            listed: Listed::default(),
            answers: Answers::default(),
        }
    }

    /// The rendering settings.
    pub fn operator(&self) -> &OperatorSettings {
        &self.operator
    }

    /// The namespace of shared objects.
    pub fn discovery_namespace(&self) -> Option<&str> {
        self.operator.discovery_namespace()
    }

    /// The contents of the shared discovery ConfigMaps; empty if there are none.
    ///
    /// # Errors
    ///
    /// One of them is not a valid ConfigMap.
    pub fn listed(&self) -> Result<Arc<Reading>, Error> {
        match self.discovery_namespace() {
            Some(namespace) => self.listed.now(&self.objects, namespace),
            None => Ok(Arc::default()),
        }
    }

    /// Whether an object is one of these ConfigMaps.
    pub(crate) fn lists(&self, object: &ObjectRef) -> bool {
        object.kind == ConfigMap::KIND
            && object.namespace.is_some()
            && object.namespace.as_deref() == self.discovery_namespace()
            && DISCOVERY_CONFIG_MAPS.contains(&object.name.as_str())
    }

    /// Whether the operator reconciles FeatureStores of a namespace.
    pub fn looks_after(&self, namespace: Option<&str>) -> bool {
        let scopes = self.configuration.scopes();
        let mut scopes = scopes.iter();
        scopes.any(|scope| scope.is_none() || scope.as_deref() == namespace)
    }

    /// Whether a FeatureStore exists, no matter which operator reconciles it.
    pub fn is_there(&self, key: &ObjectRef) -> bool {
        self.objects.get(key).is_some() || self.versions.get(key).is_some()
    }

    /// The part of an object that this operator must keep: for objects of other operators'
    /// FeatureStores only that they exist. When it takes over such a FeatureStore, it reads them.
    pub fn as_kept(&self, reference: &ObjectRef, object: Observed) -> Observed {
        let namespace = reference.namespace.as_deref();
        let is_of_others = |name: &str| {
            let store = ObjectRef::new::<FeatureStore>(namespace, name);
            self.objects.get(&store).is_none()
        };
        let is_sharded = self.configuration.is_sharded() && namespace.is_some();
        if is_sharded && object.label().is_some_and(is_of_others) {
            object.outline()
        } else {
            object
        }
    }

    /// Records a change that a watch reported. It affects all FeatureStores that are related to the
    /// object, and the object itself if it is one.
    pub fn hear(&self, reference: &ObjectRef, change: &Change) -> News {
        News {
            gone: self.note(reference, change),
            concerned: self.concerned(reference, change),
        }
    }

    /// Records the response to a write. A FeatureStore is not affected by its own pass; but others
    /// may wait for its status, and it may wait for an object's status.
    pub fn hear_answer(&self, reference: &ObjectRef, object: Observed) -> News {
        if reference.kind == feast_api::KIND && !self.selects(&object) {
            // Meanwhile it was given to another operator.
            return News::default();
        }
        let Some(change) = self.objects.written(reference.clone(), object) else {
            return News::default();
        };
        let gone = self.note(reference, &change);
        let concerned = if reference.kind == feast_api::KIND {
            self.dependents.of(reference)
        } else if change.is_in_status(reference) {
            self.concerned(reference, &change)
        } else {
            BTreeSet::new()
        };
        News { concerned, gone }
    }

    /// Records that an object, of which only the version is known, has changed.
    pub fn hear_version(&self, reference: &ObjectRef) -> News {
        News {
            concerned: self.dependents.of(reference),
            gone: None,
        }
    }

    /// Whether this operator reconciles a FeatureStore, by its labels.
    fn selects(&self, store: &Observed) -> bool {
        let selector = &self.configuration.selector;
        let labels = || Some(store.read_metadata().ok()?.labels.unwrap_or_default());
        selector.is_everything() || labels().is_some_and(|labels| selector.matches(&labels))
    }

    /// Records the references of a FeatureStore, if the object is one; returns it if it was
    /// deleted.
    fn note(&self, key: &ObjectRef, change: &Change) -> Option<ObjectRef> {
        if key.kind != feast_api::KIND {
            return None;
        }
        let after = change.after.as_ref();
        let value = after.and_then(|after| after.value(key).ok());
        let store = value.and_then(|value| FeatureStore::from_value(value).ok());
        let store = store.and_then(|store| Admitted::assume(store).ok());
        for object in self.dependents.update(key, store.as_ref()) {
            self.secrets.forget(&object);
            self.config_maps.forget(&object);
            self.feature_stores.forget(&object);
        }
        if after.is_some() {
            return None;
        }
        self.objects.forget_strangers(key.namespace.as_deref());
        if self.configuration.is_sharded() && self.versions.get(key).is_some() {
            // Another operator reconciles it now.
            self.objects.outline(key);
        }
        self.answers.forget(key);
        Some(key.clone())
    }

    /// The FeatureStores that a change of an object affects.
    fn concerned(&self, reference: &ObjectRef, change: &Change) -> BTreeSet<ObjectRef> {
        let mut concerned = self.dependents.of(reference);
        if reference.kind == feast_api::KIND {
            concerned.insert(reference.clone());
            return concerned;
        }
        if self.agrees && self.lists(reference) {
            match listed::lost(reference, change) {
                Some(lost) => {
                    let own = lost
                        .into_iter()
                        .filter(|key| self.objects.get(key).is_some());
                    concerned.extend(own);
                }
                None => concerned.extend(self.stores()),
            }
            return concerned;
        }
        for object in [&change.before, &change.after].into_iter().flatten() {
            // A claim to keep has no owner, but belongs to a FeatureStore.
            let label = object.label().filter(|_| platform::is_claim(reference));
            let store = object.owner().or(label);
            if let Some(owner) = store {
                let namespace = reference.namespace.as_deref();
                concerned.insert(ObjectRef::new::<FeatureStore>(namespace, owner));
            } else if self.agrees && self.is_shared(reference) {
                match object.label() {
                    Some(name) => concerned.extend(self.objects.stores(name)),
                    None => concerned.extend(self.stores()),
                }
            }
        }
        concerned
    }

    /// Whether several FeatureStores may need an object, so that it has no owner.
    fn is_shared(&self, object: &ObjectRef) -> bool {
        object.namespace.is_none() && object.kind.starts_with("ClusterRole")
            || object.namespace.as_deref() == self.discovery_namespace()
    }

    /// All FeatureStores.
    fn stores(&self) -> impl Iterator<Item = ObjectRef> {
        let resource = platform::feature_store();
        let stores = self
            .objects
            .of_kind(&resource.api_version, &resource.kind, None);
        stores.into_iter().map(|(key, _)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::Service;
    use k8s_openapi::api::rbac::v1::ClusterRole;
    use serde_json::{Value, json};

    fn knowledge(rendering: OperatorSettings) -> Knowledge {
        let configuration = Configuration {
            rendering,
            ..Configuration::default()
        };
        Knowledge::new(configuration, Offer::default())
    }

    fn store(namespace: &str, name: &str, secret: &str) -> Value {
        json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "name": name, "namespace": namespace, "resourceVersion": "1" },
            "spec": {
                "feastProject": "x",
                "services": { "onlineStore": { "persistence": { "store": {
                    "type": "redis", "secretRef": { "name": secret },
                } } } },
            },
        })
    }

    fn key(namespace: &str, name: &str) -> ObjectRef {
        ObjectRef::new::<FeatureStore>(Some(namespace), name)
    }

    /// Simulates a watch event.
    fn hear(known: &Knowledge, reference: &ObjectRef, object: Value) -> News {
        let object = serde_json::from_value(object).unwrap();
        let change = known.objects.put(reference.clone(), object);
        change.map_or_else(News::default, |change| known.hear(reference, &change))
    }

    fn concerns(keys: &[&ObjectRef]) -> News {
        News {
            concerned: keys.iter().map(|key| (*key).clone()).collect(),
            gone: None,
        }
    }

    #[test]
    fn references_are_known_until_the_feature_store_is_deleted() {
        let known = knowledge(OperatorSettings::reference());
        let a = key("ml", "a");
        let heard = hear(&known, &a, store("ml", "a", "redis"));
        assert_eq!(heard, concerns(&[&a]));
        let secret = ObjectRef::new::<Secret>(Some("ml"), "redis");
        known.secrets.keep(&secret, Secret::default());
        assert_eq!(known.hear_version(&secret), concerns(&[&a]));

        let last = known.objects.get(&a).unwrap();
        let change = known.objects.remove(&a, &last).unwrap();
        assert_eq!(known.hear(&a, &change).gone, Some(a));
        assert_eq!(known.hear_version(&secret), News::default());
        assert_eq!(format!("{:?}", known.secrets), "{}");
    }

    #[test]
    fn a_change_affects_the_owner_or_all_that_share_the_object() {
        let known = knowledge(OperatorSettings::hardened());
        let stores = [("ml", "a"), ("ml", "b"), ("other", "a")];
        let [a, _, other] = stores.map(|(namespace, name)| {
            let key = key(namespace, name);
            hear(&known, &key, store(namespace, name, "redis"));
            key
        });
        let service = ObjectRef::new::<Service>(Some("ml"), "feast-a-online");
        let owner = json!({
            "apiVersion": "feast.dev/v1", "kind": "FeatureStore", "name": "a", "controller": true,
        });
        let object =
            json!({ "metadata": { "name": "feast-a-online", "ownerReferences": [owner] } });
        assert_eq!(hear(&known, &service, object), concerns(&[&a]));

        let role = ObjectRef::new::<ClusterRole>(None, "feast-a");
        let labelled =
            json!({ "metadata": { "name": "feast-a", "labels": { "feast.dev/name": "a" } } });
        assert_eq!(
            hear(&known, &role, labelled.clone()),
            concerns(&[&a, &other])
        );
        let reference = knowledge(OperatorSettings::reference());
        hear(&reference, &a, store("ml", "a", "redis"));
        let heard = hear(&reference, &role, labelled);
        assert_eq!(heard, News::default(), "each would take it from the others");
    }

    #[test]
    fn a_feature_store_is_not_affected_by_its_own_writes() {
        let known = knowledge(OperatorSettings::reference());
        let a = key("ml", "a");
        let written = serde_json::from_value(store("ml", "a", "redis")).unwrap();
        assert_eq!(known.hear_answer(&a, written), News::default());
        let secret = ObjectRef::new::<Secret>(Some("ml"), "redis");
        assert_eq!(known.hear_version(&secret), concerns(&[&a]));
    }
}
