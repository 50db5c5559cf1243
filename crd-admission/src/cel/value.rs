//! CEL's values.
//!
//! Scalars, lists and maps of the request are borrowed; computed values are shared.

mod bytes;
mod equal;
mod key;
mod list;
mod map;
mod place;
mod remade;
mod show;

use std::ops::Deref;
use std::sync::Arc;

use super::fault::Fault;
use super::library::formats::NamedFormat;
use super::library::network::{Address, Prefix};
use super::library::quantity::Quantity;
use super::library::semver::Version;
use super::library::urls::Url;
use super::message::EMPTY;
use super::time::{Duration, Timestamp};
use super::types::{Opaque, Type};
use crate::view::View;
pub(crate) use bytes::Bytes;
pub(crate) use key::{Key, Keys};
pub(crate) use list::List;
pub(crate) use map::{Entries, Map};
pub(crate) use place::Place;
pub(crate) use remade::{native_type, remade};

/// A value of an expression.
#[derive(Clone, Debug)]
pub(crate) enum Value<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Text<'a>),
    Bytes(Bytes),
    Timestamp(Timestamp),
    Duration(Duration),
    Type(Type),
    /// Its content may be a fault, which only counts when it is used.
    Optional(Option<Arc<Item<'a>>>),
    List(List<'a>),
    Map(Map<'a>),
    Url(Arc<Url>),
    Ip(Address),
    Cidr(Prefix),
    Quantity(Arc<Quantity>),
    Semver(Arc<Version>),
    Format(&'static NamedFormat),
    /// The message without fields, with its identity in memory.
    Empty(Place),
    /// An unknown field that the schema preserves; it can only be compared.
    Kept(View<'a>),
}

/// A string: borrowed from the request or the expression, or computed.
#[derive(Clone, Debug)]
pub(crate) enum Text<'a> {
    Borrowed(&'a str),
    Made(Arc<str>),
}

/// An entry of a list or map: a value or a fault.
pub(crate) type Item<'a> = Result<Value<'a>, Fault>;

/// The type name of unknown fields that are preserved.
const UNKNOWN: &str = "unknown";

impl Value<'_> {
    /// The type at run time: lists and maps have no parameters.
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
            Self::Empty(_) => Type::Object(EMPTY.into()),
            Self::Kept(_) => Type::Object(UNKNOWN.into()),
        }
    }

    /// The type name at run time.
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
            Self::Empty(_) => EMPTY,
            Self::Kept(_) => UNKNOWN,
        }
    }

    /// The type name at run time, with the parameters of lists and maps.
    pub(crate) fn type_text(&self) -> &'static str {
        match self {
            Self::List(_) => "list(dyn)",
            Self::Map(_) => "map(dyn, dyn)",
            other => other.type_name(),
        }
    }

    /// The result of `size()`, if the value has a size: characters, bytes, items or entries.
    pub(crate) fn size(&self) -> Option<usize> {
        match self {
            Self::String(text) => Some(text.chars().count()),
            Self::Bytes(bytes) => Some(bytes.len()),
            Self::List(list) => Some(list.len()),
            Self::Map(map) => Some(map.len()),
            _ => None,
        }
    }

    /// Whether it is the zero value for `optional.ofNonZeroValue`.
    pub(crate) fn is_zero(&self) -> bool {
        match self {
            Self::Null | Self::Empty(_) => true,
            Self::Bool(value) => !value,
            Self::Int(number) => *number == 0,
            Self::Uint(number) => *number == 0,
            Self::Double(number) => *number == 0.0,
            Self::String(text) => text.is_empty(),
            Self::Bytes(bytes) => bytes.is_empty(),
            Self::Timestamp(time) => time.is_zero(),
            Self::Duration(duration) => duration.nanos == 0,
            // Lists and maps in the request are never zero.
            Self::List(List::Data(_)) | Self::Map(Map::Data(_)) => false,
            Self::List(list) => list.len() == 0,
            Self::Map(map) => map.len() == 0,
            _ => false,
        }
    }

    /// An optional with a value.
    pub(crate) fn some(value: Self) -> Self {
        Self::some_or_fault(Ok(value))
    }

    /// An optional with a value or a fault.
    pub(crate) fn some_or_fault(value: Result<Self, Fault>) -> Self {
        Self::Optional(Some(Arc::new(value)))
    }
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Made(text) => text,
        }
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::String(Text::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::String(Text::Made(text.into()))
    }
}

impl From<Bytes> for Value<'_> {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
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

impl<'a> From<Vec<Item<'a>>> for Value<'a> {
    fn from(items: Vec<Item<'a>>) -> Self {
        Self::List(List::Made(Arc::new(items)))
    }
}

impl From<Vec<Self>> for Value<'_> {
    fn from(items: Vec<Self>) -> Self {
        items.into_iter().map(Ok).collect::<Vec<_>>().into()
    }
}

impl From<Vec<String>> for Value<'_> {
    fn from(texts: Vec<String>) -> Self {
        texts.into_iter().map(Self::from).collect::<Vec<_>>().into()
    }
}

impl<'a> From<Entries<'a>> for Value<'a> {
    fn from(entries: Entries<'a>) -> Self {
        Self::Map(Map::Made(Arc::new(entries)))
    }
}
