//! What is around a FeatureStore: the other objects of the input.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use feast_api::Admitted;
use feast_render::{Answer, ObjectRef, Wanted};
use serde_json::{Value, json};

use super::read::Part;
use crate::gather::Gathered;

/// The other objects of the input.
#[derive(Clone, Default)]
pub struct Around {
    gathered: Gathered,
    others: Vec<Value>,
    /// The namespaces that have a FeatureStore of a name.
    stores: BTreeMap<String, BTreeSet<String>>,
}

impl Around {
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            gathered: Gathered::new(namespace),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, part: Part) {
        self.gathered.append(part.gathered);
        self.others.extend(part.others);
        for (namespace, name) in part.stores.into_keys() {
            self.stores.entry(name).or_default().insert(namespace);
        }
    }

    pub(super) fn add_feature_store(&mut self, store: Admitted) {
        self.gathered.add_feature_store(store.into_inner());
    }

    /// Answers what rendering asks for. Manifests tell nothing of what is live.
    pub fn answer(&self, wanted: &Wanted) -> Answer {
        self.gathered.answer(wanted)
    }

    /// The keys of a Secret or ConfigMap of the input.
    pub fn keys(&self, object: &ObjectRef) -> Option<Vec<String>> {
        self.gathered.keys(object)
    }

    /// The objects beside a FeatureStore that bear on it: autoscalers and the like, and the heads of
    /// FeatureStores of which one's name starts with the other's, which names of objects can clash
    /// with.
    pub(super) fn others(&self, store: &Admitted) -> Vec<Value> {
        let (namespace, name) = (store.namespace(), store.name());
        let longer = self.stores.range(name.to_owned()..);
        let longer = longer.take_while(|(other, _)| other.starts_with(name));
        let shorter = name
            .match_indices('-')
            .filter_map(|(end, _)| self.stores.get_key_value(name.get(..end)?));
        let heads = longer.chain(shorter).flat_map(|(other, namespaces)| {
            namespaces.iter().map(move |namespace| (other, namespace))
        });
        let heads =
            heads.filter(|(other, found)| (other.as_str(), found.as_str()) != (name, namespace));
        let heads = heads.map(|(name, namespace)| {
            json!({
                "apiVersion": feast_api::Version::V1.api_version(),
                "kind": feast_api::KIND,
                "metadata": { "name": name, "namespace": namespace },
            })
        });
        self.others.iter().cloned().chain(heads).collect()
    }
}

/// Shows how much there is, not what it holds: it may be Secrets.
impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around")
            .field("gathered", &self.gathered)
            .field("others", &self.others.len())
            .field("stores", &self.stores)
            .finish()
    }
}
