//! What lints compare between FeatureStores: their projects, registries and starts.

use std::collections::{BTreeMap, BTreeSet};

use feast_api::Admitted;
use feast_lint::Registry;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::Place;
use crate::manifest::Document;

/// As many FeatureStores are compared with one. Hundreds may share a project and its registry.
const MOST: usize = 4;

/// The FeatureStores of the input, found by what they may share.
#[derive(Clone, Default)]
pub(super) struct Neighbours {
    /// The compared fields of each.
    specs: BTreeMap<Place, Spec>,
    /// Those of one project in one registry.
    sharing: BTreeMap<(String, Registry), BTreeSet<Place>>,
}

/// The namespaces with a FeatureStore of a name.
pub(super) type Namespaces = BTreeMap<String, BTreeSet<String>>;

#[derive(Deserialize)]
struct Object {
    spec: Spec,
}

/// The compared fields of a spec.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    feast_project: String,
    services: Option<Services>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Services {
    registry: Option<Box<RawValue>>,
    run_feast_apply_on_init: Option<bool>,
    disable_init_containers: Option<bool>,
}

impl Spec {
    fn registry(&self, (namespace, name): &Place) -> Registry {
        let services = self.services.as_ref();
        let registry = services.and_then(|services| services.registry.as_deref());
        let registry = registry.and_then(|json| serde_json::from_str(json.get()).ok());
        Registry::of(&registry.unwrap_or_default(), namespace, name)
    }
}

impl Neighbours {
    /// Adds a FeatureStore, unless it has no name or its compared fields have wrong types.
    pub(super) fn add(&mut self, place: &Place, document: &Document) {
        if place.1.is_empty() {
            return;
        }
        if let Ok(Object { spec }) = serde_json::from_str(&document.json) {
            self.insert(place.clone(), spec);
        }
    }

    pub(super) fn append(&mut self, others: Self) {
        for (place, spec) in others.specs {
            self.insert(place, spec);
        }
    }

    fn insert(&mut self, place: Place, spec: Spec) {
        let shared = (spec.feast_project.clone(), spec.registry(&place));
        self.sharing
            .entry(shared)
            .or_default()
            .insert(place.clone());
        self.specs.insert(place, spec);
    }

    /// The FeatureStores that share project and registry with one, and the owner of its registry, or
    /// else those of the owner's name elsewhere.
    pub(super) fn of(
        &self,
        store: &Admitted,
        stores: &Namespaces,
    ) -> impl Iterator<Item = (&Place, Value)> {
        let own = (store.namespace().to_owned(), store.name().to_owned());
        let services = store.spec.services.as_ref();
        let registry = services.map(|services| serde_json::to_value(&services.registry));
        let registry = registry.and_then(Result::ok).unwrap_or_default();
        let registry = Registry::of(&registry, &own.0, &own.1);
        let owners = owners(&registry, stores);
        let sharing = self
            .sharing
            .get(&(store.spec.feast_project.clone(), registry));
        let sharing = sharing.into_iter().flatten().cloned();
        let is_other = |place: &Place| *place != own;
        let owners = owners.into_iter().filter(is_other);
        let alike = sharing.filter(is_other).take(MOST);
        let places: BTreeSet<_> = alike.chain(owners).collect();
        let known = places.into_iter();
        known.filter_map(|place| {
            let (place, spec) = self.specs.get_key_value(&place)?;
            Some((place, object(place, spec)))
        })
    }
}

fn owners(registry: &Registry, stores: &Namespaces) -> Vec<Place> {
    let Registry::Of(namespace, name) = registry else {
        return Vec::new();
    };
    let place = |namespace: &String| (namespace.clone(), name.clone());
    match stores.get(name) {
        Some(namespaces) if namespaces.contains(namespace) => vec![place(namespace)],
        Some(namespaces) => namespaces.iter().take(MOST).map(place).collect(),
        None => Vec::new(),
    }
}

fn object((namespace, name): &Place, spec: &Spec) -> Value {
    json!({
        "apiVersion": feast_api::Version::V1.api_version(),
        "kind": feast_api::KIND,
        "metadata": { "name": name, "namespace": namespace },
        "spec": spec,
    })
}
