//! Equality and order.

use std::cmp::Ordering;

use super::{Key, List, Map, Value};
use crate::cel::fault::Fault;

impl Value<'_> {
    /// `self == other`
    pub(crate) fn equal(&self, other: &Self) -> Result<bool, Fault> {
        match (self, other) {
            (Self::Null, Self::Null) => Ok(true),
            (Self::Null, _) | (_, Self::Null) => Ok(false),
            _ => self.same(other),
        }
    }

    /// Equality as values see it, null or not: those of Kubernetes' types and of the request do
    /// not compare with values of other types.
    pub(crate) fn same(&self, other: &Self) -> Result<bool, Fault> {
        Ok(match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(_) | Self::Uint(_) | Self::Double(_), _) => {
                number_order(self, other) == Order::Known(Ordering::Equal)
            }
            (Self::String(a), Self::String(b)) => **a == **b,
            (Self::Bytes(a), Self::Bytes(b)) => **a == **b,
            (Self::Timestamp(a), Self::Timestamp(b)) => a == b,
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Type(a), Self::Type(b)) => a.name() == b.name(),
            (Self::Null, Self::Null) | (Self::Optional(None), Self::Optional(None)) => true,
            (Self::Optional(Some(a)), Self::Optional(Some(b))) => match (&**a, &**b) {
                (Ok(a), Ok(b)) => return a.same(b),
                (Err(fault), _) | (_, Err(fault)) => return Err(fault.clone()),
            },
            (Self::List(a), Self::List(b)) => return a.equal(b),
            (Self::Map(a), Self::Map(b)) => return a.equal(b),
            (Self::Url(a), Self::Url(b)) => a.to_string() == b.to_string(),
            (Self::Ip(a), Self::Ip(b)) => a == b,
            (Self::Cidr(a), Self::Cidr(b)) => a == b,
            (Self::Quantity(a), Self::Quantity(b)) => return a.equal(b),
            (Self::Semver(a), Self::Semver(b)) => a.compare(b) == Ordering::Equal,
            (Self::Format(a), Self::Format(b)) => a.name == b.name,
            (
                Self::Url(_)
                | Self::Ip(_)
                | Self::Cidr(_)
                | Self::Quantity(_)
                | Self::Semver(_)
                | Self::Format(_)
                | Self::List(List::Data(_))
                | Self::Map(Map::Data(_)),
                _,
            ) => return Err(Fault::NoSuchOverload),
            _ => false,
        })
    }

    /// How `self` compares with `other`; a fault if values like these have no order.
    pub(crate) fn compare(&self, other: &Self) -> Result<Ordering, Fault> {
        match number_order(self, other) {
            Order::Known(order) => return Ok(order),
            Order::NotANumber => return Err(Fault::text("NaN values cannot be ordered")),
            Order::None => {}
        }
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Ok(a.cmp(b)),
            (Self::String(a), Self::String(b)) => Ok((**a).cmp(b)),
            (Self::Bytes(a), Self::Bytes(b)) => Ok((**a).cmp(b)),
            (Self::Timestamp(a), Self::Timestamp(b)) => Ok(a.cmp(b)),
            (Self::Duration(a), Self::Duration(b)) => Ok(a.cmp(b)),
            _ => Err(Fault::NoSuchOverload),
        }
    }

    /// Whether values of this type have an order.
    pub(crate) fn is_comparable(&self) -> bool {
        matches!(
            self,
            Self::Bool(_)
                | Self::Int(_)
                | Self::Uint(_)
                | Self::Double(_)
                | Self::String(_)
                | Self::Bytes(_)
                | Self::Timestamp(_)
                | Self::Duration(_)
        )
    }
}

/// How two numbers compare.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Known(Ordering),
    /// The first or the second is NaN.
    NotANumber,
    /// They are not both numbers.
    None,
}

fn number_order(a: &Value<'_>, b: &Value<'_>) -> Order {
    let order = match (a, b) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Uint(a), Value::Uint(b)) => Some(a.cmp(b)),
        (Value::Double(a), Value::Double(b)) => a.partial_cmp(b),
        (Value::Int(a), Value::Uint(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
        (Value::Uint(a), Value::Int(b)) => Some(i128::from(*a).cmp(&i128::from(*b))),
        (Value::Int(a), Value::Double(b)) => rounded_order(*b, *a).map(Ordering::reverse),
        (Value::Double(a), Value::Int(b)) => rounded_order(*a, *b),
        (Value::Uint(a), Value::Double(b)) => rounded_positive_order(*b, *a).map(Ordering::reverse),
        (Value::Double(a), Value::Uint(b)) => rounded_positive_order(*a, *b),
        (Value::Double(a), _) if a.is_nan() => None,
        _ => return Order::None,
    };
    order.map_or(Order::NotANumber, Order::Known)
}

/// An integer becomes the double that is next to it.
#[expect(clippy::cast_precision_loss, reason = "the API server loses it, too")]
fn rounded_order(a: f64, b: i64) -> Option<Ordering> {
    a.partial_cmp(&(b as f64))
}

/// An integer becomes the double that is next to it.
#[expect(clippy::cast_precision_loss, reason = "the API server loses it, too")]
fn rounded_positive_order(a: f64, b: u64) -> Option<Ordering> {
    a.partial_cmp(&(b as f64))
}

impl<'a> List<'a> {
    fn equal(&self, other: &Self) -> Result<bool, Fault> {
        if let Self::Data(items) = self {
            return items.equal(other);
        }
        if self.len() != other.len() {
            return Ok(false);
        }
        // Items that do not compare are left out of account.
        let differs = |items| match items {
            (Ok(a), Ok(b)) => Value::equal(&a, &b) == Ok(false),
            _ => false,
        };
        Ok(!self.iter().zip(other.iter()).any(differs))
    }

    /// `item in self`
    pub(crate) fn contains(&self, item: &Value<'a>) -> Result<bool, Fault> {
        match self {
            Self::Data(items) => items.contains(item),
            Self::Made(items) => Ok(items.iter().any(|other| item.same(other) == Ok(true))),
            // What is in a part is in the whole, whatever else cannot be compared.
            Self::Joined(parts) => {
                let mut result = Ok(false);
                for (_, part) in parts.iter() {
                    match part.contains(item) {
                        Ok(true) => return Ok(true),
                        found => result = result.and(found),
                    }
                }
                result
            }
        }
    }
}

impl<'a> Map<'a> {
    fn equal(&self, other: &Self) -> Result<bool, Fault> {
        let made = match self {
            Self::Data(fields) => return fields.equal(other),
            Self::Made(made) => made,
        };
        if made.len() != other.len() {
            return Ok(false);
        }
        // Values that do not compare are left out of account.
        for (key, value) in made.iter() {
            match other.get(&Value::from(key.clone())) {
                None => return Ok(false),
                Some(Ok(found)) if value.equal(&found) == Ok(false) => return Ok(false),
                Some(_) => {}
            }
        }
        Ok(true)
    }

    /// `key in self`
    pub(crate) fn contains(&self, key: &Value<'a>) -> Result<bool, Fault> {
        // Nothing is hashed to look into an empty map.
        if let Self::Made(entries) = self
            && !entries.is_empty()
        {
            Key::hash(key)?;
        }
        match self.get(key) {
            None => Ok(false),
            Some(found) => match self {
                Self::Data(_) => found.map(|_| true),
                Self::Made(_) => Ok(true),
            },
        }
    }
}
