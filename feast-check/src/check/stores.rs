//! The FeatureStores of the input, found by what lints compare.

use std::collections::{BTreeMap, BTreeSet};

use feast_api::Admitted;
use feast_lint::{Neighbour, Registry};

use super::Place;

/// As many FeatureStores of a kind are compared with one: hundreds may share a name or a registry.
const MOST: usize = 4;

/// The FeatureStores of the input.
#[derive(Clone, Default)]
pub(super) struct Stores {
    /// `None` if lints do not compare it.
    all: BTreeMap<Place, Option<Neighbour>>,
    /// Their names, with the namespaces of each.
    names: BTreeSet<(String, String)>,
    /// The first ones of each project in a registry that is not their own.
    sharing: BTreeMap<(String, Registry), First>,
}

/// The first FeatureStores of some that are alike: as many as are compared with one, and itself.
#[derive(Clone, Default)]
struct First(Vec<Place>);

impl First {
    fn add(&mut self, place: &Place) {
        if let Err(position) = self.0.binary_search(place) {
            if position <= MOST {
                // Most have one.
                self.0.reserve_exact(1);
                self.0.insert(position, place.clone());
            }
            self.0.truncate(MOST + 1);
        }
    }
}

impl Stores {
    /// Adds a FeatureStore; one that was added at the same place is replaced, unless the new one is not
    /// compared.
    pub(super) fn add(&mut self, place: Place, neighbour: Option<Neighbour>) {
        let Some(neighbour) = neighbour else {
            self.all.entry(place).or_default();
            return;
        };
        let (namespace, name) = place.clone();
        self.names.insert((name.clone(), namespace.clone()));
        let registry = neighbour.registry();
        if registry != Registry::Of(namespace, name) {
            let shared = (neighbour.project().to_owned(), registry);
            self.sharing.entry(shared).or_default().add(&place);
        }
        self.all.insert(place, Some(neighbour));
    }

    pub(super) fn has(&self, place: &Place) -> bool {
        self.all.contains_key(place)
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// Those with which lints compare a FeatureStore: those whose objects' names may clash with its own,
    /// those that share project and registry with it, and the owner of its registry, or else those of the
    /// owner's name elsewhere.
    pub(super) fn compared_with(&self, store: &Admitted) -> Vec<&Neighbour> {
        let own = (store.namespace().to_owned(), store.name().to_owned());
        let shared = Neighbour::of(store);
        let shared = (shared.project().to_owned(), shared.registry());
        let mut places: BTreeSet<Place> = self.clashing(&own).collect();
        let sharing = self.sharing.get(&shared).into_iter();
        let sharing = sharing.flat_map(|First(places)| places);
        places.extend(sharing.filter(|place| **place != own).take(MOST).cloned());
        if let Registry::Of(namespace, name) = shared.1 {
            let owner = (namespace, name);
            if self.has(&owner) {
                places.insert(owner);
            } else {
                places.extend(self.namesakes(&owner));
            }
        }
        places.remove(&own);
        let known = places.iter();
        known
            .filter_map(|place| self.all.get(place)?.as_ref())
            .collect()
    }

    /// Those of the same name in other namespaces, and those in the same namespace where one's name is a
    /// prefix of the other's.
    fn clashing<'a>(&'a self, own: &'a Place) -> impl Iterator<Item = Place> + use<'a> {
        let (namespace, name) = own;
        let start = format!("{name}-");
        let longer = self.all.range((namespace.clone(), start.clone())..);
        let longer = longer.map(|(place, _)| place);
        let longer = longer
            .take_while(move |(found, other)| found == namespace && other.starts_with(&start));
        let shorter = name.match_indices('-').filter_map(move |(end, _)| {
            let shorter = name.get(..end)?.to_owned();
            Some((namespace.clone(), shorter))
        });
        longer.cloned().chain(shorter).chain(self.namesakes(own))
    }

    /// The first ones of the same name in other namespaces.
    fn namesakes<'a>(
        &'a self,
        (namespace, name): &'a Place,
    ) -> impl Iterator<Item = Place> + use<'a> {
        let named = self.names.range((name.clone(), String::new())..);
        named
            .take_while(move |(other, _)| other == name)
            .filter(move |(_, other)| other != namespace)
            .take(MOST)
            .map(|(name, namespace)| (namespace.clone(), name.clone()))
    }
}

#[cfg(test)]
mod tests {
    use feast_api::v1::FeatureStore;

    use super::*;

    /// FeatureStores of one project in the registry of `ml/owner`.
    fn stores(places: &[(&str, &str)]) -> Stores {
        let mut stores = Stores::default();
        for (namespace, name) in places {
            let neighbour = Neighbour::of(&store(namespace, name));
            stores.add(((*namespace).into(), (*name).into()), Some(neighbour));
        }
        stores
    }

    fn store(namespace: &str, name: &str) -> Admitted {
        let object = serde_json::json!({
            "apiVersion": "feast.dev/v1",
            "kind": "FeatureStore",
            "metadata": { "namespace": namespace, "name": name },
            "spec": { "feastProject": "shop", "services": { "registry": { "remote": {
                "feastRef": { "namespace": "ml", "name": "owner" },
            } } } },
        });
        Admitted::assume(FeatureStore::from_value(object).unwrap()).unwrap()
    }

    fn compared<'a>(stores: &'a Stores, own: &Admitted) -> Vec<(&'a str, &'a str)> {
        let compared = stores.compared_with(own).into_iter();
        compared
            .map(|neighbour| (neighbour.namespace(), neighbour.name()))
            .collect()
    }

    #[test]
    fn a_few_of_many_are_compared_in_any_order_of_the_input() {
        let mut places: Vec<_> = ["f", "c", "a", "e", "b", "d"]
            .map(|name| ("ml", name))
            .into();
        for _ in 0..places.len() {
            places.rotate_left(1);
            let stores = stores(&places);
            let first = ["a", "b", "d", "e"].map(|name| ("ml", name));
            assert_eq!(compared(&stores, &store("ml", "c")), first);
            let first = ["a", "b", "c", "d"].map(|name| ("ml", name));
            assert_eq!(compared(&stores, &store("ml", "f")), first);
        }
    }

    #[test]
    fn owners_and_names_are_compared() {
        let mut stores = stores(&[("ml", "owner"), ("a", "owner"), ("b", "owner")]);
        let own = store("ml", "owner-cronjob");
        assert_eq!(
            compared(&stores, &own),
            [("a", "owner"), ("b", "owner"), ("ml", "owner")]
        );
        // Without the owner, those of its name; those that share the registry are the same here.
        stores.sharing.clear();
        assert_eq!(compared(&stores, &own), [("ml", "owner")]);
        stores.all.remove(&("ml".into(), "owner".into()));
        assert_eq!(compared(&stores, &own), [("a", "owner"), ("b", "owner")]);
        // Of the same name elsewhere, or with a longer name here.
        assert_eq!(
            compared(&stores, &store("c", "owner")),
            [("a", "owner"), ("b", "owner")]
        );
        assert_eq!(
            compared(&stores, &store("c", "own")),
            [("a", "owner"), ("b", "owner")]
        );
        stores.names.clear();
        assert_eq!(compared(&stores, &store("c", "own")), []);
    }
}
