//! What the operator knows: what it was told to do, what the cluster offers, and what is there.
//!
//! Nothing here waits, asks or looks at a clock. Whoever acts takes note of what the API server says,
//! and is told whom that concerns.

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
use crate::listed::{self, Listed, Reading};
use crate::observed::Observed;
use crate::platform::{self, Offer};

/// What the operator knows.
#[derive(Debug)]
pub struct Knowledge {
    /// What it was told.
    pub configuration: Configuration,
    /// What the cluster offers.
    pub offer: Offer,
    /// FeatureStores and what is rendered for them.
    pub objects: Cache,
    /// Versions of the Secrets and ConfigMaps that there are; and of FeatureStores, if others look after
    /// some of them.
    pub versions: Cache,
    /// What Secrets hold that FeatureStores refer to.
    pub secrets: Contents<Secret>,
    /// What ConfigMaps hold that FeatureStores refer to.
    pub config_maps: Contents<ConfigMap>,
    /// FeatureStores of others that FeatureStores refer to.
    pub feature_stores: Contents<Observed>,
    /// Who refers to them.
    pub dependents: Dependents,
    /// What the ConfigMaps list in which all FeatureStores are found.
    pub listed: Listed,
    /// What the API server made of objects that it changes on their way.
    pub answers: Answers,
    operator: OperatorSettings,
    /// Whether FeatureStores call for the same where they share an object. Those of the reference
    /// do not: they would take it from each other without end if each looked again whenever
    /// another one changes it.
    agrees: bool,
}

/// Whom something new concerns.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct News {
    /// FeatureStores to look at again.
    pub concerned: BTreeSet<ObjectRef>,
    /// The FeatureStore that is gone.
    pub gone: Option<ObjectRef>,
}

impl Knowledge {
    /// What is known at first: nothing of what is there.
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

    /// The settings that rendering is told.
    pub fn operator(&self) -> &OperatorSettings {
        &self.operator
    }

    /// The namespace of what all FeatureStores share.
    pub fn discovery_namespace(&self) -> Option<&str> {
        self.operator.discovery_namespace()
    }

    /// What the ConfigMaps list in which all FeatureStores are found; nothing where there are none.
    ///
    /// # Errors
    ///
    /// One is no ConfigMap.
    pub fn listed(&self) -> Result<Arc<Reading>, Error> {
        match self.discovery_namespace() {
            Some(namespace) => self.listed.now(&self.objects, namespace),
            None => Ok(Arc::default()),
        }
    }

    /// Whether an object is one of those ConfigMaps.
    pub(crate) fn lists(&self, object: &ObjectRef) -> bool {
        object.kind == ConfigMap::KIND
            && object.namespace.is_some()
            && object.namespace.as_deref() == self.discovery_namespace()
            && DISCOVERY_CONFIG_MAPS.contains(&object.name.as_str())
    }

    /// Whether the operator looks after the FeatureStores of a namespace.
    pub fn looks_after(&self, namespace: Option<&str>) -> bool {
        let scopes = self.configuration.scopes();
        let mut scopes = scopes.iter();
        scopes.any(|scope| scope.is_none() || scope.as_deref() == namespace)
    }

    /// Whether a FeatureStore is there, whoever looks after it.
    pub fn is_there(&self, key: &ObjectRef) -> bool {
        self.objects.get(key).is_some() || self.versions.get(key).is_some()
    }

    /// As much of an object as this operator has to know: of those for FeatureStores of others only that
    /// they are there. Who takes one of these over reads them then.
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

    /// Takes note of a change that a watch told of: every FeatureStore is concerned that has to do
    /// with the object, itself included.
    pub fn hear(&self, reference: &ObjectRef, change: &Change) -> News {
        News {
            gone: self.note(reference, change),
            concerned: self.concerned(reference, change),
        }
    }

    /// Takes note of what the API server answered to a write. A FeatureStore is not concerned by
    /// what its own pass did; but others may wait for its status, and it for that of an object.
    pub fn hear_answer(&self, reference: &ObjectRef, object: Observed) -> News {
        if reference.kind == feast_api::KIND && !self.selects(&object) {
            // Somebody gave it to another operator meanwhile.
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

    /// Takes note that an object has another version, which is all that is known of it.
    pub fn hear_version(&self, reference: &ObjectRef) -> News {
        News {
            concerned: self.dependents.of(reference),
            gone: None,
        }
    }

    /// Whether this operator looks after a FeatureStore, by its labels.
    fn selects(&self, store: &Observed) -> bool {
        let selector = &self.configuration.selector;
        let labels = || Some(store.read_metadata().ok()?.labels.unwrap_or_default());
        selector.is_everything() || labels().is_some_and(|labels| selector.matches(&labels))
    }

    /// Takes note of what a FeatureStore refers to, if the object is one; whether it is gone.
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
            // It is another operator's now.
            self.objects.outline(key);
        }
        self.answers.forget(key);
        Some(key.clone())
    }

    /// The FeatureStores that a change of an object concerns.
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
                None => concerned.extend(self.called(None)),
            }
            return concerned;
        }
        for object in [&change.before, &change.after].into_iter().flatten() {
            // A claim that is to stay is nobody's, but made for somebody.
            let label = object.label().filter(|_| platform::is_claim(reference));
            let store = object.owner().or(label);
            if let Some(owner) = store {
                let namespace = reference.namespace.as_deref();
                concerned.insert(ObjectRef::new::<FeatureStore>(namespace, owner));
            } else if self.agrees && self.is_shared(reference) {
                concerned.extend(self.called(object.label()));
            }
        }
        concerned
    }

    /// Whether several FeatureStores may call for an object, so that nobody owns it.
    fn is_shared(&self, object: &ObjectRef) -> bool {
        object.namespace.is_none() && object.kind.starts_with("ClusterRole")
            || object.namespace.as_deref() == self.discovery_namespace()
    }

    /// The FeatureStores of a name, in whatever namespace; all of them without a name.
    fn called<'a>(&'a self, name: Option<&'a str>) -> impl Iterator<Item = ObjectRef> + 'a {
        let resource = platform::feature_store();
        let stores = self
            .objects
            .of_kind(&resource.api_version, &resource.kind, None);
        let keys = stores.into_iter().map(|(key, _)| key);
        keys.filter(move |key| name.is_none_or(|name| key.name == name))
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

    /// A watch tells of an object.
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
    fn it_knows_who_refers_to_what_until_they_are_gone() {
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
    fn an_object_concerns_its_owner_and_what_is_shared_those_of_its_name() {
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
    fn a_feature_store_is_not_concerned_by_what_its_own_pass_wrote() {
        let known = knowledge(OperatorSettings::reference());
        let a = key("ml", "a");
        let written = serde_json::from_value(store("ml", "a", "redis")).unwrap();
        assert_eq!(known.hear_answer(&a, written), News::default());
        let secret = ObjectRef::new::<Secret>(Some("ml"), "redis");
        assert_eq!(known.hear_version(&secret), concerns(&[&a]));
    }
}
