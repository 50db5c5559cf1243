//! The values of CEL.
//!
//! Scalars, lists and maps of the request are borrowed; what an expression makes is shared.

mod equal;
mod key;
mod show;

use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::Arc;

use super::data::{Fields, Items};
use super::fault::Fault;
use super::library::formats::NamedFormat;
use super::library::network::{Address, Prefix};
use super::library::quantity::Quantity;
use super::library::semver::Version;
use super::library::urls::Url;
use super::time::{Duration, Timestamp};
use super::types::{Opaque, Type};
pub(crate) use key::Key;
use key::whole;

/// A value of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Shared<'a, str>),
    Bytes(Shared<'a, [u8]>),
    Timestamp(Timestamp),
    Duration(Duration),
    Type(Type),
    /// What it has may be a fault, which is found once it is looked at.
    Optional(Option<Arc<Result<Self, Fault>>>),
    List(List<'a>),
    Map(Map<'a>),
    Url(Arc<Url>),
    Ip(Address),
    Cidr(Prefix),
    Quantity(Arc<Quantity>),
    Semver(Arc<Version>),
    Format(&'static NamedFormat),
}

/// Text or bytes: of the request or of the expression, or made by it.
#[derive(Debug)]
pub(crate) enum Shared<'a, T: ?Sized> {
    Borrowed(&'a T),
    Made(Arc<T>),
}

/// A list of the request, or one that the expression makes.
#[derive(Clone, Debug)]
pub(crate) enum List<'a> {
    Data(Items<'a>),
    Made(Arc<Vec<Value<'a>>>),
    /// Lists that were added to one another, each with the place after its last item. There are no
    /// more than the expression has signs.
    Joined(Arc<[(usize, List<'a>)]>),
}

/// A map or an object of the request, or a map that the expression makes.
#[derive(Clone, Debug)]
pub(crate) enum Map<'a> {
    Data(Fields<'a>),
    Made(Arc<BTreeMap<Key<'a>, Value<'a>>>),
}

impl Value<'_> {
    /// The type at run time: lists and maps say nothing of what is in them.
    pub(crate) fn ty(&self) -> Type {
        match self {
            Self::Null => Type::Null,
            Self::Bool(_) => Type::Bool,
            Self::Int(_) => Type::Int,
            Self::Uint(_) => Type::Uint,
            Self::Double(_) => Type::Double,
            Self::String(_) => Type::String,
            Self::Bytes(_) => Type::Bytes,
            Self::Timestamp(_) => Type::Timestamp,
            Self::Duration(_) => Type::Duration,
            Self::Type(_) => Type::Meta(None),
            Self::Optional(_) => Type::optional(Type::Dyn),
            Self::List(_) => Type::list(Type::Dyn),
            Self::Map(_) => Type::map(Type::Dyn, Type::Dyn),
            Self::Url(_) => Type::Opaque(Opaque::Url),
            Self::Ip(_) => Type::Opaque(Opaque::Ip),
            Self::Cidr(_) => Type::Opaque(Opaque::Cidr),
            Self::Quantity(_) => Type::Opaque(Opaque::Quantity),
            Self::Semver(_) => Type::Opaque(Opaque::Semver),
            Self::Format(_) => Type::Opaque(Opaque::Format),
        }
    }

    /// The name of the type at run time.
    pub(crate) fn type_name(&self) -> &'static str {
        match self {
            Self::Null => "null_type",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Uint(_) => "uint",
            Self::Double(_) => "double",
            Self::String(_) => "string",
            Self::Bytes(_) => "bytes",
            Self::Timestamp(_) => "google.protobuf.Timestamp",
            Self::Duration(_) => "google.protobuf.Duration",
            Self::Type(_) => "type",
            Self::Optional(_) => "optional_type",
            Self::List(_) => "list",
            Self::Map(_) => "map",
            Self::Url(_) => Opaque::Url.name(),
            Self::Ip(_) => Opaque::Ip.name(),
            Self::Cidr(_) => Opaque::Cidr.name(),
            Self::Quantity(_) => Opaque::Quantity.name(),
            Self::Semver(_) => Opaque::Semver.name(),
            Self::Format(_) => Opaque::Format.name(),
        }
    }

    /// What `size()` says, if the value has a size: characters, bytes, items or entries.
    pub(crate) fn size(&self) -> Option<usize> {
        match self {
            Self::String(text) => Some(text.chars().count()),
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(list) => Some(list.len()),
            Self::Map(map) => Some(map.len()),
            _ => None,
        }
    }

    /// Whether it is the zero of its type, as `optional.ofNonZeroValue` sees it.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Null => true,
            Self::Bool(value) => !value,
            Self::Int(number) => *number == 0,
            Self::Uint(number) => *number == 0,
            Self::Double(number) => *number == 0.0,
            Self::String(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Timestamp(time) => time.is_zero(),
            Self::Duration(duration) => duration.nanos == 0,
            // Those of the request are never zero.
            Self::List(list @ (List::Made(_) | List::Joined(_))) => list.len() == 0,
            Self::Map(Map::Made(entries)) => entries.is_empty(),
            _ => false,
        }
    }

    /// An optional that has a value.
    pub(crate) fn some(value: Self) -> Self {
        Self::some_or_fault(Ok(value))
    }

    /// An optional that has a value, or why there is none.
    pub(crate) fn some_or_fault(value: Result<Self, Fault>) -> Self {
        Self::Optional(Some(Arc::new(value)))
    }
}

impl<T: ?Sized> Clone for Shared<'_, T> {
    fn clone(&self) -> Self {
        match self {
            Self::Borrowed(value) => Self::Borrowed(value),
            Self::Made(value) => Self::Made(Arc::clone(value)),
        }
    }
}

impl<T: ?Sized> Deref for Shared<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match self {
            Self::Borrowed(value) => value,
            Self::Made(value) => value,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Shared::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Shared::Made(text.into()))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Shared::Made(bytes.into()))
    }
}

impl From<bool> for Value<'_> {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Self::Uint(value)
    }
}

impl From<f64> for Value<'_> {
    fn from(value: f64) -> Self {
        Self::Double(value)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Self::Timestamp(time)
    }
}

impl From<Duration> for Value<'_> {
    fn from(duration: Duration) -> Self {
        Self::Duration(duration)
    }
}

impl From<Vec<Self>> for Value<'_> {
    fn from(items: Vec<Self>) -> Self {
        Self::List(List::Made(Arc::new(items)))
    }
}

impl From<Vec<String>> for Value<'_> {
    fn from(texts: Vec<String>) -> Self {
        texts.into_iter().map(Self::from).collect::<Vec<_>>().into()
    }
}

impl<'a> From<BTreeMap<Key<'a>, Self>> for Value<'a> {
    fn from(entries: BTreeMap<Key<'a>, Self>) -> Self {
        Self::Map(Map::Made(Arc::new(entries)))
    }
}

impl<'a> From<Items<'a>> for List<'a> {
    fn from(items: Items<'a>) -> Self {
        Self::Data(items)
    }
}

impl<'a> From<Fields<'a>> for Map<'a> {
    fn from(fields: Fields<'a>) -> Self {
        Self::Data(fields)
    }
}

impl<'a> List<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data(items) => items.len(),
            Self::Made(items) => items.len(),
            Self::Joined(parts) => parts.last().map_or(0, |(end, _)| *end),
        }
    }

    pub(crate) fn get(&self, index: usize) -> Option<Result<Value<'a>, Fault>> {
        #[cfg(test)]
        crate::work::count();
        match self {
            Self::Data(items) => items.get(index),
            Self::Made(items) => items.get(index).cloned().map(Ok),
            Self::Joined(parts) => {
                let at = parts.partition_point(|(end, _)| *end <= index);
                let before = at.checked_sub(1).and_then(|before| parts.get(before));
                let start = before.map_or(0, |(end, _)| *end);
                parts.get(at)?.1.get(index.checked_sub(start)?)
            }
        }
    }

    /// The items; one that is of another type than its schema says is a fault.
    pub(crate) fn iter(
        &self,
    ) -> impl DoubleEndedIterator<Item = Result<Value<'a>, Fault>> + ExactSizeIterator {
        (0..self.len()).map(|index| self.get(index).unwrap_or(Ok(Value::Null)))
    }

    /// `self[index]`; nothing beyond the end.
    pub(crate) fn at(&self, index: &Value<'a>) -> Result<Option<Value<'a>>, Fault> {
        let position = match (self, index) {
            (_, Value::Int(index)) => usize::try_from(*index).ok(),
            (Self::Made(_) | Self::Joined(_), Value::Uint(index))
                if i64::try_from(*index).is_ok() =>
            {
                usize::try_from(*index).ok()
            }
            (Self::Made(_) | Self::Joined(_), Value::Double(number)) => match whole(*number) {
                Some(index) => usize::try_from(index).ok(),
                None => return Err(unsupported_index(index)),
            },
            (Self::Made(_) | Self::Joined(_), Value::Uint(_)) => {
                return Err(unsupported_index(index));
            }
            (Self::Made(_) | Self::Joined(_), _) => {
                let ty = index.type_name();
                return Err(Fault::text(format!(
                    "unsupported index type '{ty}' in list"
                )));
            }
            (Self::Data(_), _) => return Err(Fault::text(format!("unsupported index: {index}"))),
        };
        position.and_then(|position| self.get(position)).transpose()
    }

    /// That there is no item at an index.
    #[cold]
    pub(crate) fn no_index(&self, index: &Value<'a>) -> Fault {
        Fault::text(match self {
            Self::Data(_) => format!("index out of bounds: {index}"),
            Self::Made(_) | Self::Joined(_) => {
                let size = self.len();
                format!("index '{index}' out of range in list size '{size}'")
            }
        })
    }

    /// All items, if none is a fault.
    pub(crate) fn to_vec(&self) -> Result<Vec<Value<'a>>, Fault> {
        self.iter().collect()
    }

    /// `self + other`, which costs the same for lists of any size: those that are made stay where
    /// they are.
    pub(crate) fn concat(&self, other: &Self) -> Result<Self, Fault> {
        if let Self::Data(items) = self {
            return items.concat(other);
        }
        if self.len() == 0 {
            return Ok(other.clone());
        }
        if other.len() == 0 {
            return Ok(self.clone());
        }
        let mut parts = Vec::new();
        for list in [self, other] {
            let start = parts.last().map_or(0, |(end, _)| *end);
            match list {
                Self::Joined(more) => {
                    parts.extend(more.iter().map(|(end, list)| (start + end, list.clone())));
                }
                list => parts.push((start + list.len(), list.clone())),
            }
        }
        Ok(Self::Joined(parts.into()))
    }
}

#[cold]
fn unsupported_index(index: &Value<'_>) -> Fault {
    Fault::text(format!("unsupported index value {index} in list"))
}

impl<'a> Map<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Data(fields) => fields.len(),
            Self::Made(entries) => entries.len(),
        }
    }

    /// The value of a key. Numbers find numbers of the same value.
    pub(crate) fn get(&self, key: &Value<'a>) -> Option<Result<Value<'a>, Fault>> {
        match self {
            Self::Data(fields) => match key {
                Value::String(name) => fields.get(name),
                _ => Some(Err(Fault::NoSuchOverload)),
            },
            Self::Made(entries) => {
                let found = Key::alternatives(key).find_map(|key| entries.get(&key));
                found.cloned().map(Ok)
            }
        }
    }

    /// All entries as those of a map that is made, if none is a fault.
    pub(crate) fn to_entries(&self) -> Result<BTreeMap<Key<'a>, Value<'a>>, Fault> {
        match self {
            Self::Made(entries) => Ok((**entries).clone()),
            Self::Data(fields) => {
                let entries = fields.iter();
                entries
                    .map(|(name, value)| Ok((Key::String(name), value?)))
                    .collect()
            }
        }
    }

    /// The entries in the order of their keys.
    pub(crate) fn entries(
        &self,
    ) -> Box<dyn Iterator<Item = (Value<'a>, Result<Value<'a>, Fault>)> + '_> {
        match self {
            Self::Data(fields) => Box::new(
                fields
                    .iter()
                    .map(|(key, value)| (Value::String(key), value)),
            ),
            Self::Made(entries) => Box::new(
                entries
                    .iter()
                    .map(|(key, value)| (Value::from(key.clone()), Ok(value.clone()))),
            ),
        }
    }
}
