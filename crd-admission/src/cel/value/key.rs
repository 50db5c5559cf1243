//! The keys of maps.
//!
//! The server's maps are Go maps, where two keys are the same if Go's `==` says so: lists and maps
//! only if they are the same object in memory.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;

use super::{List, Map, Place, Text, Value};
use crate::cel::fault::Fault;
use crate::cel::library::network::{Address, Prefix};
use crate::cel::time::{Duration, Timestamp};
use crate::cel::types::Type;

/// A value with its identity as a key of a Go map: by value or by address.
#[derive(Clone, Debug)]
pub(crate) enum Key<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    /// Equal to nothing, and so never found.
    NotANumber(Place),
    String(Text<'a>),
    Duration(Duration),
    /// Timestamps in different zones differ, even at the same moment.
    Timestamp(Timestamp),
    Type(Type),
    Ip(Address),
    Cidr(Prefix),
    /// Any other value, identified by its address.
    Itself(Box<Value<'a>>),
}

impl<'a> Key<'a> {
    /// The key for a value.
    ///
    /// # Errors
    ///
    /// Go cannot hash the value, and panics.
    pub(crate) fn new(value: &Value<'a>) -> Result<Self, Fault> {
        Ok(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(number) => Self::Int(*number),
            Value::Uint(number) => Self::Uint(*number),
            Value::Double(number) if number.is_nan() => Self::NotANumber(Place::new()),
            Value::Double(number) => Self::Double(*number),
            Value::String(text) => Self::String(text.clone()),
            Value::Duration(duration) => Self::Duration(*duration),
            Value::Timestamp(time) => Self::Timestamp(*time),
            Value::Type(ty) => Self::Type(ty.clone()),
            Value::Ip(address) => Self::Ip(*address),
            Value::Cidr(prefix) => Self::Cidr(*prefix),
            Value::Bytes(_) => return Err(Fault::unhashable("types.Bytes")),
            Value::Semver(_) => return Err(Fault::unhashable("cel.Semver")),
            Value::Format(_) => return Err(Fault::unhashable("cel.Format")),
            Value::Optional(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Url(_)
            | Value::Quantity(_)
            | Value::Empty(_)
            | Value::Kept(_) => Self::Itself(Box::new(value.clone())),
        })
    }

    /// The keys to look up for a value: itself, then the same number in another type.
    ///
    /// # Errors
    ///
    /// Go cannot hash the value, and panics.
    pub(crate) fn alternatives(value: &Value<'a>) -> Result<impl Iterator<Item = Self>, Fault> {
        let (int, uint) = match *value {
            Value::Int(number) => (None, u64::try_from(number).ok()),
            Value::Uint(number) => (i64::try_from(number).ok(), None),
            Value::Double(number) => (whole(number), whole_positive(number)),
            _ => (None, None),
        };
        let exact = std::iter::once(Self::new(value)?);
        Ok(exact.chain(int.map(Self::Int)).chain(uint.map(Self::Uint)))
    }

    /// The order of the kinds of keys.
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Uint(_) => 3,
            Self::Double(_) => 4,
            Self::NotANumber(_) => 5,
            Self::String(_) => 6,
            Self::Duration(_) => 7,
            Self::Timestamp(_) => 8,
            Self::Type(_) => 9,
            Self::Ip(_) => 10,
            Self::Cidr(_) => 11,
            Self::Itself(_) => 12,
        }
    }
}

/// A set of values as keys.
#[derive(Clone, Debug, Default)]
pub(crate) struct Keys<'a>(BTreeSet<Key<'a>>);

impl<'a> Keys<'a> {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn contains(&self, key: &Key<'a>) -> bool {
        self.0.contains(key)
    }
}

impl<'a> Extend<Key<'a>> for Keys<'a> {
    fn extend<I: IntoIterator<Item = Key<'a>>>(&mut self, keys: I) {
        self.0.extend(keys);
    }
}

/// The address of a value that is identified by it, by kind; `None` for others.
fn whereabouts(value: &Value<'_>) -> Option<(u8, usize)> {
    Some(match value {
        Value::Optional(value) => (0, Arc::as_ptr(value.as_ref()?).addr()),
        Value::List(List::Made(items)) => (1, Arc::as_ptr(items).addr()),
        Value::List(List::Joined(parts)) => (2, Arc::as_ptr(parts).addr()),
        Value::List(List::Data(items)) => (3, items.place().number()),
        Value::List(List::Json(json)) | Value::Map(Map::Json(json)) => (8, json.place().number()),
        Value::Map(Map::Made(entries)) => (4, Arc::as_ptr(entries).addr()),
        Value::Map(Map::Data(fields)) => (5, fields.place().number()),
        Value::Empty(place) => (9, place.number()),
        Value::Url(url) => (6, Arc::as_ptr(url).addr()),
        Value::Quantity(quantity) => (7, Arc::as_ptr(quantity).addr()),
        _ => return None,
    })
}

/// The integer with the value of a double.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "the bounds are checked, and a double is compared with what it was made of"
)]
pub(crate) fn whole(number: f64) -> Option<i64> {
    let integer = number as i64;
    let fits = number > i64::MIN as f64 && number < i64::MAX as f64;
    (fits && integer as f64 == number).then_some(integer)
}

/// The unsigned integer with the value of a double.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::float_cmp,
    reason = "the bounds are checked, and a double is compared with what it was made of"
)]
pub(crate) fn whole_positive(number: f64) -> Option<u64> {
    let integer = number as u64;
    let fits = number >= 0.0 && number < u64::MAX as f64;
    (fits && integer as f64 == number).then_some(integer)
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Key<'_> {}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a.cmp(b),
            (Self::Int(a), Self::Int(b)) => a.cmp(b),
            (Self::Uint(a), Self::Uint(b)) => a.cmp(b),
            // Both zeros are equal.
            (Self::Double(a), Self::Double(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
            (Self::String(a), Self::String(b)) => (**a).cmp(b),
            (Self::Duration(a), Self::Duration(b)) => a.cmp(b),
            (Self::Timestamp(a), Self::Timestamp(b)) => a.cmp(b).then_with(|| a.zone.cmp(&b.zone)),
            (Self::NotANumber(a), Self::NotANumber(b)) => a.cmp(b),
            (Self::Itself(a), Self::Itself(b)) => whereabouts(a).cmp(&whereabouts(b)),
            (Self::Type(a), Self::Type(b)) => a.name().cmp(b.name()),
            (Self::Ip(a), Self::Ip(b)) => a.cmp(b),
            (Self::Cidr(a), Self::Cidr(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl<'a> From<Key<'a>> for Value<'a> {
    fn from(key: Key<'a>) -> Self {
        match key {
            Key::Null => Self::Null,
            Key::Bool(value) => Self::Bool(value),
            Key::Int(number) => Self::Int(number),
            Key::Uint(number) => Self::Uint(number),
            Key::Double(number) => Self::Double(number),
            Key::String(text) => Self::String(text),
            Key::Duration(duration) => Self::Duration(duration),
            Key::Timestamp(time) => Self::Timestamp(time),
            Key::Type(ty) => Self::Type(ty),
            Key::NotANumber(_) => Self::Double(f64::NAN),
            Key::Itself(value) => *value,
            Key::Ip(address) => Self::Ip(address),
            Key::Cidr(prefix) => Self::Cidr(prefix),
        }
    }
}
