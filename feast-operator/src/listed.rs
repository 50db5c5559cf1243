//! Contents of the shared discovery ConfigMaps, parsed only when they change.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use feast_render::drift::is_settled;
use feast_render::{DISCOVERY_CONFIG_MAPS, Directory, Listing, Object, ObjectRef};
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::Value;

use crate::cache::{Cache, Change};
use crate::error::Error;
use crate::observed::Observed;

/// The last reading of the ConfigMaps.
#[derive(Debug, Default)]
pub struct Listed {
    last: Mutex<Arc<Reading>>,
    count: AtomicU64,
}

/// Contents of the ConfigMaps at one version.
#[derive(Debug, Default)]
pub struct Reading {
    /// What they list.
    pub directory: Directory,
    maps: Vec<Read>,
}

/// A ConfigMap that was read.
#[derive(Debug)]
struct Read {
    reference: ObjectRef,
    object: Arc<Observed>,
    /// The ConfigMap with empty texts; `directory` has the texts.
    outline: Value,
}

impl Listed {
    /// The current contents of the ConfigMaps in a namespace.
    ///
    /// # Errors
    ///
    /// One of them is not a valid ConfigMap.
    pub fn now(&self, objects: &Cache, namespace: &str) -> Result<Arc<Reading>, Error> {
        let maps = DISCOVERY_CONFIG_MAPS.iter().filter_map(|name| {
            let reference = ObjectRef::new::<ConfigMap>(Some(namespace), *name);
            let object = objects.get(&reference)?;
            Some((reference, object))
        });
        let maps: Vec<_> = maps.collect();
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if !last.is_of(&maps) {
            self.count.fetch_add(1, Ordering::Relaxed);
            *last = Arc::new(Reading::of(maps)?);
        }
        Ok(Arc::clone(&last))
    }

    /// How often the ConfigMaps were parsed.
    pub fn readings(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

impl Reading {
    fn of(maps: Vec<(ObjectRef, Arc<Observed>)>) -> Result<Self, Error> {
        let read = maps.iter().map(|(_, object)| object.read::<ConfigMap>());
        let read = read.collect::<Result<Vec<_>, _>>()?;
        let maps = maps.into_iter();
        let maps = maps.map(|(reference, object)| Read::of(reference, object));
        Ok(Self {
            directory: Directory::of(&read),
            maps: maps.collect::<Result<_, _>>()?,
        })
    }

    fn is_of(&self, maps: &[(ObjectRef, Arc<Observed>)]) -> bool {
        let mut pairs = self.maps.iter().zip(maps);
        self.maps.len() == maps.len()
            && pairs.all(|(read, (_, object))| Arc::ptr_eq(&read.object, object))
    }

    /// Whether a FeatureStore is already listed as requested, in ConfigMaps that are up to date.
    pub fn has(&self, listing: &Listing) -> bool {
        let wanted = self.directory.as_listed(listing);
        wanted.is_some_and(|maps| {
            let mut maps = maps.iter().map(Object::from);
            maps.all(|wanted| self.is_current(wanted))
        })
    }

    fn is_current(&self, wanted: Object<'_>) -> bool {
        let reference = wanted.reference();
        let mut maps = self.maps.iter();
        let read = maps.find(|read| read.reference == reference);
        read.is_some_and(
            |Read {
                 object, outline, ..
             }| { !object.adoptable && is_settled(outline, &wanted.to_value()) },
        )
    }
}

impl Read {
    fn of(reference: ObjectRef, object: Arc<Observed>) -> Result<Self, Error> {
        Ok(Self {
            outline: outline(&object, &reference)?,
            object,
            reference,
        })
    }
}

/// The FeatureStores whose entries a change of a ConfigMap removes; `None` if it affects all.
pub(crate) fn lost(reference: &ObjectRef, change: &Change) -> Option<BTreeSet<ObjectRef>> {
    let directory = |object: &Observed| {
        let map = object.read::<ConfigMap>().ok()?;
        Some(Directory::of([&map]))
    };
    let frame = |object: &Observed| {
        let mut frame = outline(object, reference).ok()?;
        frame["metadata"]["resourceVersion"].take();
        Some(frame)
    };
    let (before, after) = (change.before.as_ref()?, change.after.as_ref()?);
    let is_same = frame(before)? == frame(after)? && before.adoptable == after.adoptable;
    is_same.then(|| directory(before)?.lost(&directory(after)?))?
}

/// A ConfigMap with empty texts.
fn outline(object: &Observed, reference: &ObjectRef) -> serde_json::Result<Value> {
    let mut outline = object.value(reference)?;
    let texts = outline["data"].as_object_mut();
    for text in texts.into_iter().flat_map(|texts| texts.values_mut()) {
        *text = "".into();
    }
    Ok(outline)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn map(version: &str, names: &[&str], labels: &Value) -> (ObjectRef, Observed) {
        let name = DISCOVERY_CONFIG_MAPS[0];
        let clients = names.iter().map(|name| format!("feast-{name}-client"));
        let namespaces = json!({ "namespaces": { "ml": clients.collect::<Vec<_>>() } });
        let object = json!({
            "metadata": {
                "name": name, "namespace": "operators", "resourceVersion": version, "labels": labels,
            },
            "data": { "namespaces": namespaces.to_string() },
        });
        let reference = ObjectRef::new::<ConfigMap>(Some("operators"), name);
        (reference, serde_json::from_value(object).unwrap())
    }

    #[test]
    fn config_maps_are_parsed_when_they_change() {
        let (cache, listed) = (Cache::default(), Listed::default());
        let names = |cache: &Cache| {
            let reading = listed.now(cache, "operators").unwrap();
            let stores = reading.directory.stores();
            stores.map(|store| store.name).collect::<Vec<_>>()
        };
        assert!(names(&cache).is_empty());
        for (version, expected) in [("1", vec!["a"]), ("2", vec!["a", "b"])] {
            let (reference, object) = map(version, &expected, &json!({}));
            cache.put(reference, object);
            let before = listed.readings();
            for _ in 0..3 {
                assert_eq!(names(&cache), expected);
            }
            assert_eq!(listed.readings(), before + 1);
        }
    }

    #[test]
    fn a_change_affects_those_that_lose_entries_or_all() {
        let lost = |before: (&[&str], Value), after: (&[&str], Value)| {
            let (reference, before) = map("1", before.0, &before.1);
            let (_, after) = map("2", after.0, &after.1);
            let change = Change {
                before: Some(Arc::new(before)),
                after: Some(Arc::new(after)),
            };
            let lost = lost(&reference, &change)?.into_iter();
            Some(lost.map(|store| store.name).collect::<Vec<_>>())
        };
        let label = || json!({ "a": "b" });
        let gone = lost((&["a", "b"], label()), (&["b", "c"], label()));
        assert_eq!(gone, Some(vec!["a".to_owned()]));
        let all = lost((&["a"], label()), (&["a"], json!({})));
        assert_eq!(
            all, None,
            "each has to look whether that is as it should be"
        );
    }
}
