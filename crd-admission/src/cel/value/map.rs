//! Maps.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Item, Key, Value};
use crate::cel::data::{Fields, Json};
use crate::cel::fault::Fault;

/// A map or object in the request, or a computed map.
#[derive(Clone, Debug)]
pub(crate) enum Map<'a> {
    Data(Fields<'a>),
    /// One without a schema.
    Json(Json<'a>),
    Made(Arc<Entries<'a>>),
}

/// The entries of a computed map.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries<'a>(BTreeMap<Key<'a>, Item<'a>>);

impl<'a> From<Fields<'a>> for Map<'a> {
    fn from(fields: Fields<'a>) -> Self {
        Self::Data(fields)
    }
}

impl<'a> Map<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data(fields) => fields.len(),
            Self::Json(json) => json.view().field_count(),
            Self::Made(entries) => entries.len(),
        }
    }

    /// The value of a key. Numbers match numbers of the same value.
    pub(crate) fn get(&self, key: &Value<'a>) -> Option<Item<'a>> {
        match self {
            Self::Data(fields) => match key {
                Value::String(name) => fields.get(name),
                _ => Some(Err(Fault::NoSuchOverload)),
            },
            Self::Json(json) => match key {
                Value::String(name) => json.field(name).map(Ok),
                _ => None,
            },
            Self::Made(entries) => match entries.find(key) {
                Ok(found) => found.cloned(),
                Err(fault) => Some(Err(fault)),
            },
        }
    }

    /// The entries as those of a computed map.
    pub(crate) fn to_entries(&self) -> Result<Entries<'a>, Fault> {
        let mut entries = Entries::default();
        entries.insert_all_new(self)?;
        Ok(entries)
    }

    /// The entries, ordered by key.
    pub(crate) fn entries(&self) -> Box<dyn Iterator<Item = (Value<'a>, Item<'a>)> + '_> {
        match self {
            Self::Data(fields) => Box::new(
                fields
                    .iter()
                    .map(|(key, value)| (Value::String(key), value)),
            ),
            Self::Json(json) => Box::new(json.fields().map(|(key, value)| (key, Ok(value)))),
            Self::Made(entries) => Box::new(
                entries
                    .0
                    .iter()
                    .map(|(key, item)| (key.clone().into(), item.clone())),
            ),
        }
    }

    /// The keys with the results of their look-up, which fails for NaN.
    pub(crate) fn lookups(&self) -> impl Iterator<Item = (Value<'a>, Item<'a>)> + '_ {
        self.entries().map(|(key, item)| match key {
            Value::Double(number) if number.is_nan() => {
                let fault = Fault::NoSuchKey(key.to_string().into());
                (key, Err(fault))
            }
            _ => (key, item),
        })
    }
}

impl<'a> Entries<'a> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same keys with other values.
    pub(crate) fn with_values(&self, change: impl Fn(&Value<'a>) -> Value<'a>) -> Self {
        let entries = self.0.iter();
        let changed =
            entries.map(|(key, item)| (key.clone(), item.clone().map(|value| change(&value))));
        changed.collect()
    }

    /// Looks up a key.
    ///
    /// # Errors
    ///
    /// It cannot be a key.
    pub(crate) fn find(&self, key: &Value<'a>) -> Result<Option<&Item<'a>>, Fault> {
        // A look-up in an empty map hashes nothing.
        if self.is_empty() {
            return Ok(None);
        }
        let mut keys = Key::alternatives(key)?;
        Ok(keys.find_map(|key| self.0.get(&key)))
    }

    /// Adds an entry, or replaces the one with the same key.
    ///
    /// # Errors
    ///
    /// The value cannot be a key.
    pub(crate) fn insert(&mut self, key: &Value<'a>, item: Item<'a>) -> Result<(), Fault> {
        let key = Key::new(key)?;
        // The sign of a zero is that of the last one.
        self.0.remove(&key);
        self.0.insert(key, item);
        Ok(())
    }

    /// Adds an entry with a new key.
    ///
    /// # Errors
    ///
    /// The key exists, or cannot be a key.
    pub(crate) fn insert_new(&mut self, key: &Value<'a>, item: Item<'a>) -> Result<(), Fault> {
        if self.find(key)?.is_some() {
            let text = format!("insert failed: key {key} already exists");
            return Err(Fault::text(text));
        }
        self.insert(key, item)
    }

    /// Removes the entry of a key, if there is one.
    ///
    /// # Errors
    ///
    /// The value cannot be a key.
    pub(crate) fn remove(&mut self, key: &Value<'a>) -> Result<(), Fault> {
        self.0.remove(&Key::new(key)?);
        Ok(())
    }

    /// Adds the entries of a map, with new keys.
    ///
    /// # Errors
    ///
    /// One of the keys exists.
    pub(crate) fn insert_all_new(&mut self, map: &Map<'a>) -> Result<(), Fault> {
        for (key, item) in map.lookups() {
            self.insert_new(&key, item)?;
        }
        Ok(())
    }
}

impl<'a> FromIterator<(Key<'a>, Item<'a>)> for Entries<'a> {
    fn from_iter<I: IntoIterator<Item = (Key<'a>, Item<'a>)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}
