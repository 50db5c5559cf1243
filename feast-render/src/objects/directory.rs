//! The contents of the discovery ConfigMaps, as data.

use std::collections::{BTreeMap, BTreeSet};

use feast_api::v1::FeatureStore;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::listing::{Client, Consumer, Listing, Wish};
use crate::names::{LINEAGE_DISCOVERY, Names, REGISTRY_DISCOVERY};
use crate::object_ref::ObjectRef;

const NAMESPACES_KEY: &str = "namespaces";
const ENDPOINTS_KEY: &str = "endpoints";
const URL_KEY: &str = "url";
const CONFIG_KEY: &str = "openlineage.yml";

/// The value of [`NAMESPACES_KEY`]: client ConfigMaps by namespace.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Registry {
    #[serde(default, deserialize_with = "or_none")]
    namespaces: BTreeMap<String, Option<Vec<String>>>,
}

/// The value of [`ENDPOINTS_KEY`]: consumers by namespace and name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Endpoints {
    #[serde(default, deserialize_with = "or_none")]
    consumers: BTreeMap<String, Consumer>,
}

fn or_none<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The shared discovery ConfigMaps, which list all FeatureStores. Reading and writing them once
/// suffices for any number of FeatureStores.
///
/// ```
/// use feast_render::{DISCOVERY_CONFIG_MAPS, Directory};
///
/// let config_map = serde_json::from_value(serde_json::json!({
///     "metadata": { "namespace": "operators", "name": DISCOVERY_CONFIG_MAPS[0] },
///     "data": { "namespaces": r#"{"namespaces":{"ml":["feast-shop-client"]}}"# },
/// }))?;
/// let directory = Directory::of([&config_map]);
/// let shop = directory.stores().next().expect("one is listed");
/// assert_eq!((shop.namespace.as_deref(), &*shop.name), (Some("ml"), "shop"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Directory {
    clients: Page<Registry>,
    consumers: Page<Endpoints>,
    /// Key of the advertised consumer.
    advertised: Option<String>,
}

/// One of the ConfigMaps.
#[derive(Clone, Debug, Default)]
struct Page<T> {
    /// The ConfigMap without the listing's text; `None` if it does not exist.
    map: Option<ConfigMap>,
    text: Text,
    /// The parsed listing; empty if it cannot be parsed.
    listed: T,
    /// Whether an entered FeatureStore needs the ConfigMap.
    is_called_for: bool,
}

/// The text of a ConfigMap's listing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Text {
    #[default]
    Missing,
    Unreadable,
    /// The parsed listing would be written differently.
    Loose,
    /// The parsed listing would be written identically.
    Exact,
}

/// How entering a FeatureStore affects a ConfigMap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The ConfigMap is not needed.
    Nothing,
    /// The ConfigMap already has this content.
    Stays,
    Changes,
}

/// Reading.
impl Directory {
    /// Reads these ConfigMaps; ignores others.
    pub fn of<'a>(config_maps: impl IntoIterator<Item = &'a ConfigMap>) -> Self {
        let mut directory = Self::default();
        for map in config_maps {
            match map.metadata.name.as_deref() {
                Some(REGISTRY_DISCOVERY) => directory.clients = Page::read(map, NAMESPACES_KEY),
                Some(LINEAGE_DISCOVERY) => directory.consumers = Page::read(map, ENDPOINTS_KEY),
                _ => {}
            }
        }
        directory.advertised = directory.find_advertised();
        directory
    }

    /// The FeatureStores that are listed. They may not exist;
    ///
    /// [`render_deletion`](crate::render_deletion) then removes the entry.
    pub fn stores(&self) -> impl Iterator<Item = ObjectRef> {
        let clients = self.clients.listed.namespaces.iter();
        let clients = clients.flat_map(move |(namespace, clients)| {
            let names = clients.iter().flatten();
            let names = names.filter_map(|client| Names::of_client(client));
            names.map(move |name| feature_store(namespace, name))
        });
        let consumers = self.consumers.listed.consumers.keys();
        let consumers = consumers.filter_map(|key| of_consumer(key));
        clients.chain(consumers)
    }

    /// The number of listed client ConfigMaps.
    pub fn clients(&self) -> usize {
        let clients = self.clients.listed.namespaces.values();
        clients.flatten().map(Vec::len).sum()
    }

    /// The ConfigMaps that a FeatureStore needs, with empty texts; `None` if entering it would
    /// change a text. The cost does not depend on how many are listed.
    pub fn as_listed(&self, listing: &Listing) -> Option<Vec<ConfigMap>> {
        let steps = [self.client_step(listing), self.consumer_step(listing)];
        if steps.contains(&Step::Changes) {
            return None;
        }
        let labels = (listing.client == Client::In).then_some(&listing.labels);
        let clients = self.clients.outline(NAMESPACES_KEY, labels);
        let labels = matches!(listing.consumer, Wish::In(_)).then_some(&listing.labels);
        let consumers = self.consumers.outline(ENDPOINTS_KEY, labels);
        let called_for = [clients, consumers].into_iter().zip(steps);
        let called_for = called_for.filter(|(_, step)| *step == Step::Stays);
        Some(called_for.filter_map(|(map, _)| map).collect())
    }

    /// The ConfigMaps that the entered FeatureStores need.
    pub fn config_maps(&self) -> Vec<ConfigMap> {
        let clients = self.clients.whole(NAMESPACES_KEY);
        let consumers = self.consumers.whole(ENDPOINTS_KEY);
        clients.into_iter().chain(consumers).collect()
    }

    /// The FeatureStores whose entry is missing or different in `after`; `None` if a difference
    /// concerns all of them.
    pub fn lost(&self, after: &Self) -> Option<BTreeSet<ObjectRef>> {
        let is_same = |key| self.consumers.entry(key) == after.consumers.entry(key);
        let is_loose = [after.clients.text, after.consumers.text].contains(&Text::Loose);
        if is_loose || !is_same(URL_KEY) || !is_same(CONFIG_KEY) {
            return None;
        }
        let left: BTreeSet<ObjectRef> = after.stores().collect();
        let (before, now) = (&self.consumers.listed, &after.consumers.listed);
        let others = before.consumers.iter();
        let others = others.filter(|(key, consumer)| now.consumers.get(*key) != Some(*consumer));
        let others = others.filter_map(|(key, _)| of_consumer(key));
        let gone = self.stores().filter(|store| !left.contains(store));
        Some(gone.chain(others).collect())
    }

    fn find_advertised(&self) -> Option<String> {
        let url = self.consumers.entry(URL_KEY)?;
        let mut consumers = self.consumers.listed.consumers.iter();
        let (key, _) = consumers.find(|(_, consumer)| consumer.url == *url)?;
        Some(key.clone())
    }

    fn client_step(&self, listing: &Listing) -> Step {
        let Page {
            map, text, listed, ..
        } = &self.clients;
        let own = listed.namespaces.get(&listing.namespace);
        let has_client = || {
            let mut clients = own.into_iter().flatten().flatten();
            let client = listing.client();
            clients.any(|listed| *listed == client)
        };
        match listing.client {
            Client::Leave => Step::Nothing,
            Client::In => stays(*text == Text::Exact && has_client()),
            Client::Out if map.is_none() || *text == Text::Unreadable => Step::Nothing,
            Client::Out => {
                let has_others = || own.iter().any(|own| own.iter().flatten().next().is_some());
                let is_out = own.is_none() || has_others() && !has_client();
                stays(*text == Text::Exact && is_out)
            }
        }
    }

    fn consumer_step(&self, listing: &Listing) -> Step {
        let listed = &self.consumers.listed;
        let own = listed.consumers.get(&listing.consumer());
        match &listing.consumer {
            Wish::Out if own.is_some() => Step::Changes,
            Wish::Place if self.consumers.map.is_none() => Step::Changes,
            Wish::Leave | Wish::Out | Wish::Place => Step::Nothing,
            Wish::In(consumer) => {
                let before = self
                    .advertised
                    .as_ref()
                    .filter(|_| listing.keeps_advertised);
                let before = before.and_then(|key| listed.consumers.get(key));
                let one = before.unwrap_or(consumer);
                let is_exact = self.consumers.text == Text::Exact;
                let is_in = own == Some(consumer);
                let is_advertised = self.consumers.entry(URL_KEY) == Some(&one.url)
                    && self.consumers.entry(CONFIG_KEY) == Some(&config(one));
                stays(is_exact && is_in && is_advertised)
            }
        }
    }
}

fn stays(so: bool) -> Step {
    if so { Step::Stays } else { Step::Changes }
}

/// Entering.
impl Directory {
    /// Adds or removes the entries of a FeatureStore; those of others remain.
    pub fn enter(&mut self, listing: &Listing) {
        let clients = self.client_step(listing);
        self.clients.is_called_for |= clients != Step::Nothing;
        if listing.client == Client::In {
            self.clients.place(REGISTRY_DISCOVERY, listing);
        }
        if clients == Step::Changes {
            self.change_client(listing);
        }
        let consumers = self.consumer_step(listing);
        self.consumers.is_called_for |= consumers != Step::Nothing;
        match &listing.consumer {
            Wish::In(consumer) => {
                self.consumers.place(LINEAGE_DISCOVERY, listing);
                if consumers == Step::Changes {
                    self.add_consumer(listing, consumer);
                }
            }
            // The reference creates an empty one, without labels.
            Wish::Place if consumers == Step::Changes => {
                self.consumers.place(LINEAGE_DISCOVERY, listing);
                if let Some(map) = self.consumers.map.as_mut() {
                    let labels = listing.keeps_advertised.then(|| listing.labels.clone());
                    map.metadata.labels = labels;
                }
            }
            Wish::Out if consumers == Step::Changes => self.remove_consumer(&listing.consumer()),
            Wish::Leave | Wish::Out | Wish::Place => {}
        }
    }

    fn change_client(&mut self, listing: &Listing) {
        let client = listing.client();
        let namespaces = &mut self.clients.change().namespaces;
        if listing.client == Client::In {
            let clients = namespaces.entry(listing.namespace.clone()).or_default();
            let clients = clients.get_or_insert_default();
            if !clients.contains(&client) {
                clients.push(client);
            }
        } else if let Some(clients) = namespaces.get_mut(&listing.namespace) {
            let clients = clients.get_or_insert_default();
            clients.retain(|listed| *listed != client);
            if clients.is_empty() {
                namespaces.remove(&listing.namespace);
            }
        }
    }

    fn add_consumer(&mut self, listing: &Listing, consumer: &Consumer) {
        let key = listing.consumer();
        let consumers = &mut self.consumers.change().consumers;
        consumers.insert(key.clone(), consumer.clone());
        if self.advertised.is_none() || self.advertised.as_ref() == Some(&key) {
            self.advertised = self.find_advertised();
        }
        let stays = self.advertised.is_some() && listing.keeps_advertised;
        if !stays {
            self.advertised = Some(key);
        }
        self.advertise();
    }

    fn remove_consumer(&mut self, key: &str) {
        self.consumers.change().consumers.remove(key);
        if self.advertised.as_deref().is_none_or(|one| one == key) {
            // If the removed consumer was not the advertised one, the advertised one remains.
            let first = || self.consumers.listed.consumers.keys().next().cloned();
            self.advertised = self.find_advertised().or_else(first);
        }
        self.advertise();
    }

    /// Writes the advertised consumer for producers.
    fn advertise(&mut self) {
        let key = self.advertised.as_ref();
        let one = key.and_then(|key| self.consumers.listed.consumers.get(key));
        let one = one.cloned();
        let url = one.as_ref().map(|one| one.url.clone());
        self.consumers.set(URL_KEY, url);
        self.consumers.set(CONFIG_KEY, one.as_ref().map(config));
    }
}

fn feature_store(namespace: &str, name: &str) -> ObjectRef {
    ObjectRef::new::<FeatureStore>(Some(namespace), name)
}

/// The FeatureStore of a consumer's key.
fn of_consumer(key: &str) -> Option<ObjectRef> {
    let (namespace, name) = key.split_once('/')?;
    Some(feature_store(namespace, name))
}

/// The configuration for producers.
fn config(consumer: &Consumer) -> String {
    let Consumer { url, endpoint, .. } = consumer;
    format!("transport:\n  type: http\n  url: {url}\n  endpoint: {endpoint}\n")
}

impl<T> Page<T> {
    /// The text of a key that is not the listing; an empty one counts as absent.
    fn entry(&self, key: &str) -> Option<&String> {
        let text = self.map.as_ref()?.data.as_ref()?.get(key)?;
        Some(text).filter(|text| !text.is_empty())
    }

    fn set(&mut self, key: &str, text: Option<String>) {
        let Some(map) = &mut self.map else { return };
        let data = map.data.get_or_insert_default();
        match text {
            Some(text) => data.insert(key.to_owned(), text),
            None => data.remove(key),
        };
    }

    /// Ensures that the ConfigMap exists, with the labels of the entered FeatureStore.
    fn place(&mut self, name: &str, listing: &Listing) {
        let map = self.map.get_or_insert_with(|| ConfigMap {
            metadata: ObjectMeta {
                name: Some(name.to_owned()),
                namespace: Some(listing.shared.clone()),
                ..ObjectMeta::default()
            },
            ..ConfigMap::default()
        });
        map.metadata.labels = Some(listing.labels.clone());
    }

    /// The ConfigMap with empty texts.
    fn outline(&self, key: &str, labels: Option<&BTreeMap<String, String>>) -> Option<ConfigMap> {
        let mut map = self.map.clone()?;
        if let Some(labels) = labels {
            map.metadata.labels = Some(labels.clone());
        }
        let data = map.data.get_or_insert_default();
        data.values_mut().for_each(String::clear);
        data.insert(key.to_owned(), String::new());
        Some(map)
    }
}

impl<T: Clone + Default + Serialize + DeserializeOwned> Page<T> {
    fn read(map: &ConfigMap, key: &str) -> Self {
        let texts = map.data.iter().flatten();
        let others = texts.filter(|(other, _)| *other != key);
        let others = others.map(|(key, text)| (key.clone(), text.clone()));
        let others = Some(others.collect()).filter(|others: &BTreeMap<_, _>| !others.is_empty());
        let text = map.data.as_ref().and_then(|data| data.get(key));
        let text = text.filter(|text| !text.is_empty());
        let read: Option<T> = text.and_then(|text| parse(text));
        Self {
            text: match (text, &read) {
                (None, _) => Text::Missing,
                (Some(_), None) => Text::Unreadable,
                (Some(text), Some(listed)) if json(listed) == *text => Text::Exact,
                (Some(_), Some(_)) => Text::Loose,
            },
            listed: read.unwrap_or_default(),
            map: Some(ConfigMap {
                metadata: ObjectMeta {
                    name: map.metadata.name.clone(),
                    namespace: map.metadata.namespace.clone(),
                    labels: map.metadata.labels.clone(),
                    resource_version: map.metadata.resource_version.clone(),
                    ..ObjectMeta::default()
                },
                data: others,
                ..ConfigMap::default()
            }),
            is_called_for: false,
        }
    }

    /// The listing, to be changed. A text that could not be parsed is discarded.
    fn change(&mut self) -> &mut T {
        self.text = Text::Exact;
        &mut self.listed
    }

    /// The complete ConfigMap, if it is needed.
    fn whole(&self, key: &str) -> Option<ConfigMap> {
        let mut map = self.map.clone().filter(|_| self.is_called_for)?;
        if matches!(self.text, Text::Loose | Text::Exact) {
            let data = map.data.get_or_insert_default();
            data.insert(key.to_owned(), json(&self.listed));
        }
        map.data = map.data.filter(|data| !data.is_empty());
        Some(map)
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Option<T> {
    let value: Value = serde_json::from_str(text).ok()?;
    // serde_json would also read a struct from a list.
    feast_api::from_value(&value).ok()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("maps with string keys are JSON")
}

#[cfg(test)]
mod tests;
