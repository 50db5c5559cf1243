//! The keys of maps.

use std::cmp::Ordering;

use super::{Shared, Value};
use crate::cel::fault::Fault;
use crate::cel::library::network::{Address, Prefix};
use crate::cel::time::{Duration, Timestamp};
use crate::cel::types::Type;

/// A value that can be the key of a map: one that Go's maps tell apart by what it is, not by where
/// it is in memory.
#[derive(Clone, Debug)]
pub(crate) enum Key<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    String(Shared<'a, str>),
    Duration(Duration),
    /// Those of two time zones differ, even at the same moment.
    Timestamp(Timestamp),
    Type(Type),
    /// The optional without a value.
    Absent,
    Ip(Address),
    Cidr(Prefix),
}

impl<'a> Key<'a> {
    /// Nothing of a value that cannot be a key.
    pub(crate) fn new(value: &Value<'a>) -> Option<Self> {
        Some(match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Int(number) => Self::Int(*number),
            Value::Uint(number) => Self::Uint(*number),
            Value::Double(number) => Self::Double(*number),
            Value::String(text) => Self::String(text.clone()),
            Value::Duration(duration) => Self::Duration(*duration),
            Value::Timestamp(time) => Self::Timestamp(*time),
            Value::Type(ty) => Self::Type(ty.clone()),
            Value::Optional(None) => Self::Absent,
            Value::Ip(address) => Self::Ip(*address),
            Value::Cidr(prefix) => Self::Cidr(*prefix),
            Value::Optional(Some(_))
            | Value::Bytes(_)
            | Value::List(_)
            | Value::Map(_)
            | Value::Url(_)
            | Value::Quantity(_)
            | Value::Semver(_)
            | Value::Format(_) => return None,
        })
    }

    /// The same as the server's map finds it.
    ///
    /// # Errors
    ///
    /// Go cannot hash the value, and panics.
    pub(crate) fn hash(value: &Value<'a>) -> Result<Option<Self>, Fault> {
        match value {
            Value::Bytes(_) => Err(Fault::Internal(
                "runtime error: hash of unhashable type types.Bytes",
            )),
            Value::Semver(_) => Err(Fault::Internal(
                "runtime error: hash of unhashable type cel.Semver",
            )),
            Value::Format(_) => Err(Fault::Internal(
                "runtime error: hash of unhashable type cel.Format",
            )),
            value => Ok(Self::new(value)),
        }
    }

    /// The keys under which a value is looked for: as it is, then as another kind of number.
    pub(crate) fn alternatives(value: &Value<'a>) -> impl Iterator<Item = Self> {
        let (int, uint) = match *value {
            Value::Int(number) => (None, u64::try_from(number).ok()),
            Value::Uint(number) => (i64::try_from(number).ok(), None),
            Value::Double(number) => (whole(number), whole_positive(number)),
            _ => (None, None),
        };
        let exact = Self::new(value).into_iter();
        exact.chain(int.map(Self::Int)).chain(uint.map(Self::Uint))
    }

    /// Where its kind comes among keys.
    fn rank(&self) -> u8 {
        match self {
            Self::Null => 0,
            Self::Bool(_) => 1,
            Self::Int(_) => 2,
            Self::Uint(_) => 3,
            Self::Double(_) => 4,
            Self::String(_) => 5,
            Self::Duration(_) => 6,
            Self::Timestamp(_) => 7,
            Self::Type(_) => 8,
            Self::Absent => 9,
            Self::Ip(_) => 10,
            Self::Cidr(_) => 11,
        }
    }
}

/// The integer that a double is.
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

/// The unsigned integer that a double is.
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
            // Both zeros are the same.
            (Self::Double(a), Self::Double(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
            (Self::String(a), Self::String(b)) => (**a).cmp(b),
            (Self::Duration(a), Self::Duration(b)) => a.cmp(b),
            (Self::Timestamp(a), Self::Timestamp(b)) => {
                a.cmp(b).then_with(|| a.offset.cmp(&b.offset))
            }
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
            Key::Absent => Self::Optional(None),
            Key::Ip(address) => Self::Ip(address),
            Key::Cidr(prefix) => Self::Cidr(prefix),
        }
    }
}
