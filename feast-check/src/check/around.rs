//! What is around a FeatureStore: the other objects of the input.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use feast_api::Admitted;
use feast_render::{Answer, ObjectRef, Wanted};
use serde_json::{Value, json};

use super::definitions::Definitions;
use super::read::Part;
use crate::gather::Gathered;

/// The other objects of the input.
#[derive(Clone, Default)]
pub struct Around {
    gathered: Gathered,
    others: Vec<Value>,
    /// The namespaces that have a FeatureStore of a name.
    stores: BTreeMap<String, BTreeSet<String>>,
    /// The kinds and namespaces of Secrets and ConfigMaps of a name.
    named: BTreeMap<String, BTreeSet<(&'static str, String)>>,
    pub(super) definitions: Definitions,
}

impl Around {
    pub(super) fn new(namespace: &str) -> Self {
        Self {
            gathered: Gathered::new(namespace),
            ..Self::default()
        }
    }

    pub(super) fn add(&mut self, part: Part) {
        for (kind, (namespace, name)) in part.gathered.places() {
            let places = self.named.entry(name.clone()).or_default();
            places.insert((kind, namespace.clone()));
        }
        self.definitions.append(part.definitions);
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
    /// those that it may mean, or have names in common with.
    pub(super) fn others(&self, store: &Admitted) -> Vec<Value> {
        let heads = self.clashing(store).chain(self.meant(store));
        self.others.iter().cloned().chain(heads).collect()
    }

    /// FeatureStores of which one's name starts with the other's: names of their objects can clash.
    fn clashing(&self, store: &Admitted) -> impl Iterator<Item = Value> {
        let (namespace, name) = (store.namespace(), store.name());
        let longer = self.stores.range(name.to_owned()..);
        let longer = longer.take_while(move |(other, _)| other.starts_with(name));
        let shorter = name
            .match_indices('-')
            .filter_map(move |(end, _)| self.stores.get_key_value(name.get(..end)?));
        let heads = longer.chain(shorter).flat_map(|(other, namespaces)| {
            namespaces.iter().map(move |namespace| (other, namespace))
        });
        let heads = heads
            .filter(move |(other, found)| (other.as_str(), found.as_str()) != (name, namespace));
        let version = feast_api::Version::V1.api_version();
        heads.map(move |(name, namespace)| head(version, feast_api::KIND, name, namespace))
    }

    /// Secrets and ConfigMaps of which a text of the FeatureStore may be the name, or the start of
    /// it, up to a `-`.
    fn meant(&self, store: &Admitted) -> impl Iterator<Item = Value> {
        let mut texts = BTreeSet::new();
        if !self.named.is_empty() {
            let spec = serde_json::to_value(&store.spec);
            collect(spec.unwrap_or_default(), &mut texts);
        }
        let named = texts.into_iter().flat_map(|text| {
            let start = format!("{text}-");
            let same = self.named.get_key_value(text.as_str());
            let longer = self.named.range(start.clone()..);
            let longer = longer.take_while(move |(name, _)| name.starts_with(&start));
            same.into_iter().chain(longer)
        });
        named.flat_map(|(name, places)| {
            let places = places.iter();
            places.map(move |(kind, namespace)| head("v1", kind, name, namespace))
        })
    }
}

/// An object of which nothing but its place is known.
fn head(version: &str, kind: &str, name: &str, namespace: &str) -> Value {
    json!({
        "apiVersion": version,
        "kind": kind,
        "metadata": { "name": name, "namespace": namespace },
    })
}

/// The texts in a value. A spec has a bounded depth, since the CRD has.
fn collect(value: Value, texts: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if !text.is_empty() => drop(texts.insert(text)),
        Value::Array(items) => items.into_iter().for_each(|item| collect(item, texts)),
        Value::Object(fields) => fields
            .into_iter()
            .for_each(|(_, value)| collect(value, texts)),
        _ => {}
    }
}

/// Shows how much there is, not what it holds: it may be Secrets.
impl fmt::Debug for Around {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Around")
            .field("gathered", &self.gathered)
            .field("others", &self.others.len())
            .field("stores", &self.stores)
            .field("named", &self.named.len())
            .finish_non_exhaustive()
    }
}
