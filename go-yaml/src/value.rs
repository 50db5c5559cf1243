//! The data of a document, as go-yaml v3 decodes it.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use crate::timestamp::Timestamp;

/// A value in a document.
///
/// Documents may contain passwords, so [`Debug`](fmt::Debug) shows the shape of a value but not its
/// content. Exhaustive: go-yaml has no other values.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer from the least `i64` to the greatest `u64`.
    Int(i128),
    /// A floating point number.
    Float(Float),
    /// A timestamp.
    Timestamp(Timestamp),
    /// A string.
    Text(String),
    /// A string that is not UTF-8, from `!!binary`.
    Bytes(Vec<u8>),
    /// A list.
    List(Vec<Value>),
    /// A mapping.
    Map(Mapping),
}

impl Value {
    /// The string, if this is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The mapping, if this is one.
    pub const fn as_map(&self) -> Option<&Mapping> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::List(items) => f.debug_list().entries(items).finish(),
            Self::Map(map) => map.fmt(f),
            Self::Null => f.write_str("Null"),
            Self::Bool(_) => f.write_str("Bool"),
            Self::Int(_) => f.write_str("Int"),
            Self::Float(_) => f.write_str("Float"),
            Self::Timestamp(_) => f.write_str("Timestamp"),
            Self::Text(_) => f.write_str("Text"),
            Self::Bytes(_) => f.write_str("Bytes"),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Self {
        Self::Text(value.clone())
    }
}

impl From<&BTreeMap<String, String>> for Value {
    fn from(map: &BTreeMap<String, String>) -> Self {
        Self::Map(
            map.iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }
}

/// Keys and values in their original order.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mapping(Vec<(Value, Value)>);

impl Mapping {
    /// Whether the mapping is empty.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys and values in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Value, &Value)> {
        self.0.iter().map(|(key, value)| (key, value))
    }

    /// The value of a string key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.position(key)
            .and_then(|at| self.0.get(at))
            .map(|(_, value)| value)
    }

    /// Removes a string key, and returns its value.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        self.position(key).map(|at| self.0.remove(at).1)
    }

    /// Adds a new key.
    pub fn push(&mut self, key: Value, value: Value) {
        self.0.push((key, value));
    }

    fn position(&self, key: &str) -> Option<usize> {
        self.0.iter().position(|(own, _)| own.as_str() == Some(key))
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl FromIterator<(Value, Value)> for Mapping {
    /// Keys must be distinct.
    fn from_iter<I: IntoIterator<Item = (Value, Value)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}

impl IntoIterator for Mapping {
    type Item = (Value, Value);
    type IntoIter = std::vec::IntoIter<(Value, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// A floating point number with a total order, so that it can be a key. Exhaustive: it has only
/// this field.
#[derive(Clone, Copy)]
pub struct Float(pub f64);

impl Ord for Float {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.total_cmp(&other.0)
    }
}

impl PartialOrd for Float {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Float {}

impl fmt::Debug for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Float")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_content() {
        let value = Value::Map(
            [
                ("password".into(), "s3cret".into()),
                ("port".into(), 5432.into()),
            ]
            .into_iter()
            .collect(),
        );
        assert_eq!(format!("{value:?}"), "{Text: Text, Text: Int}");
    }

    #[test]
    fn floats_have_a_total_order() {
        let ordered = [f64::NEG_INFINITY, -0.0, 0.0, 1.0, f64::NAN].map(Float);
        assert!(ordered.is_sorted_by(|a, b| a < b));
        assert_eq!(Float(f64::NAN), Float(f64::NAN));
        assert_ne!(Float(0.0), Float(-0.0));
    }
}
