//! Parts of a CRD that may be malformed.

use serde_json::{Map, Value};

/// An object in a CRD, such as a schema. Values of the wrong JSON type appear as missing;
/// [`shape`](super::shape) reports them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node<'a>(&'a Map<String, Value>);

impl<'a> Node<'a> {
    pub(crate) fn of(value: &'a Value) -> Option<Self> {
        value.as_object().map(Self)
    }

    pub(crate) fn fields(self) -> impl Iterator<Item = (&'a str, &'a Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    pub(crate) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name)
    }

    pub(crate) fn has(self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A string; empty if missing.
    pub(crate) fn text(self, name: &str) -> &'a str {
        self.optional_text(name).unwrap_or_default()
    }

    pub(crate) fn optional_text(self, name: &str) -> Option<&'a str> {
        self.get(name)?.as_str()
    }

    pub(crate) fn integer(self, name: &str) -> Option<i64> {
        self.get(name)?.as_i64()
    }

    pub(crate) fn flag(self, name: &str) -> bool {
        self.get(name) == Some(&Value::Bool(true))
    }

    pub(crate) fn part(self, name: &str) -> Option<Self> {
        self.get(name).and_then(Self::of)
    }

    /// The objects in a map.
    pub(crate) fn parts(self, name: &str) -> impl Iterator<Item = (&'a str, Self)> {
        let parts = self.part(name).into_iter().flat_map(Self::fields);
        parts.filter_map(|(name, value)| Some((name, Self::of(value)?)))
    }

    /// The objects in a list.
    pub(crate) fn list(self, name: &str) -> impl Iterator<Item = Self> {
        self.items(name).iter().filter_map(Self::of)
    }

    pub(crate) fn items(self, name: &str) -> &'a [Value] {
        let items = self.get(name).and_then(Value::as_array);
        items.map(Vec::as_slice).unwrap_or_default()
    }

    /// The strings in a list.
    pub(crate) fn texts(self, name: &str) -> impl Iterator<Item = &'a str> {
        self.items(name).iter().filter_map(Value::as_str)
    }

    /// Whether there is a list or map that is not empty.
    pub(crate) fn has_some(self, name: &str) -> bool {
        match self.get(name) {
            Some(Value::Array(items)) => !items.is_empty(),
            Some(Value::Object(fields)) => !fields.is_empty(),
            _ => false,
        }
    }
}
