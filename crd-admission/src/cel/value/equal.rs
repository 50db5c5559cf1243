//! Equality and order.

use std::cmp::Ordering;

use super::{Item, List, Map, Value};
use crate::cel::fault::Fault;
use crate::json::Data;
use crate::view::View;

impl Value<'_> {
    /// `self == other`
    pub(crate) fn equal(&self, other: &Self) -> Result<bool, Fault> {
        match (self, other) {
            (Self::Null, Self::Null) => Ok(true),
            (Self::Null, _) | (_, Self::Null) => Ok(false),
            _ => self.same(other),
        }
    }

    /// Equality of the values themselves: those of Kubernetes' types and of the request cannot be
    /// compared with values of other types.
    pub(crate) fn same(&self, other: &Self) -> Result<bool, Fault> {
        Ok(match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::Int(_) | Self::Uint(_) | Self::Double(_), _) => {
                number_order(self, other) == Order::Known(Ordering::Equal)
            }
            (Self::String(a), Self::String(b)) => **a == **b,
            (Self::Bytes(a), Self::Bytes(b)) => a.to_vec() == b.to_vec(),
            (Self::Timestamp(a), Self::Timestamp(b)) => a == b,
            (Self::Duration(a), Self::Duration(b)) => a == b,
            (Self::Type(a), Self::Type(b)) => a.name() == b.name(),
            (Self::Empty(_), Self::Empty(_))
            | (Self::Null, Self::Null)
            | (Self::Optional(None), Self::Optional(None)) => true,
            (Self::Optional(Some(a)), Self::Optional(Some(b))) => match &**a {
                Ok(a) => return a.same_item(b),
                Err(fault) => return Err(fault.clone()),
            },
            (Self::List(a), Self::List(b)) => return a.equal(b),
            (Self::Map(a), Self::Map(b)) => return a.equal(b),
            (Self::Url(a), Self::Url(b)) => a.to_string() == b.to_string(),
            (Self::Ip(a), Self::Ip(b)) => a == b,
            (Self::Cidr(a), Self::Cidr(b)) => a == b,
            (Self::Quantity(a), Self::Quantity(b)) => return a.equal(b),
            (Self::Semver(a), Self::Semver(b)) => a.compare(b) == Ordering::Equal,
            (Self::Format(a), Self::Format(b)) => a.name == b.name,
            (Self::Kept(view), other) => is_kept(*view, other),
            _ if self.is_strict() => return Err(Fault::NoSuchOverload),
            _ => false,
        })
    }

    /// Whether comparison with a value of another type is an error.
    const fn is_strict(&self) -> bool {
        matches!(
            self,
            Self::Url(_)
                | Self::Ip(_)
                | Self::Cidr(_)
                | Self::Quantity(_)
                | Self::Semver(_)
                | Self::Format(_)
                | Self::List(List::Data(_))
                | Self::Map(Map::Data(_))
        )
    }

    /// The same for an item, which may be a fault.
    pub(crate) fn same_item(&self, other: &Item<'_>) -> Result<bool, Fault> {
        match other {
            Ok(other) => self.same(other),
            Err(fault) if self.is_strict() => Err(fault.clone()),
            Err(_) => Ok(false),
        }
    }

    /// The order of `self` and `other`; a fault if they have none.
    pub(crate) fn compare(&self, other: &Self) -> Result<Ordering, Fault> {
        match number_order(self, other) {
            Order::Known(order) => return Ok(order),
            Order::NotANumber => return Err(Fault::text("NaN values cannot be ordered")),
            Order::None => {}
        }
        match (self, other) {
            (Self::Bool(a), Self::Bool(b)) => Ok(a.cmp(b)),
            (Self::String(a), Self::String(b)) => Ok((**a).cmp(b)),
            (Self::Bytes(a), Self::Bytes(b)) => Ok(a.to_vec().cmp(&b.to_vec())),
            (Self::Timestamp(a), Self::Timestamp(b)) => Ok(a.cmp(b)),
            (Self::Duration(a), Self::Duration(b)) => Ok(a.cmp(b)),
            _ => Err(Fault::NoSuchOverload),
        }
    }

    /// Whether values of this type are ordered.
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

/// Whether an unknown field equals another value as JSON.
fn is_kept(view: View<'_>, other: &Value<'_>) -> bool {
    match (view.node.data(), other) {
        (_, Value::Kept(other)) => view.is_identical(*other),
        (_, Value::List(List::Json(json)) | Value::Map(Map::Json(json))) => {
            view.is_identical(json.view())
        }
        (Data::Bool(a), Value::Bool(b)) => a == *b,
        (Data::Int(a), Value::Int(b)) => a == *b,
        (Data::Float(a), Value::Double(b)) => a.total_cmp(b).is_eq(),
        (Data::String(a), Value::String(b)) => *a == **b,
        _ => false,
    }
}

/// The order of two numbers.
#[derive(Clone, Copy, PartialEq)]
enum Order {
    Known(Ordering),
    /// One of them is NaN.
    NotANumber,
    /// One of them is not a number.
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

/// The integer is converted to the nearest double.
#[expect(clippy::cast_precision_loss, reason = "the API server loses it, too")]
fn rounded_order(a: f64, b: i64) -> Option<Ordering> {
    a.partial_cmp(&(b as f64))
}

/// The integer is converted to the nearest double.
#[expect(clippy::cast_precision_loss, reason = "the API server loses it, too")]
fn rounded_positive_order(a: f64, b: u64) -> Option<Ordering> {
    a.partial_cmp(&(b as f64))
}

/// Whether items of a computed list or map differ. Items that cannot be compared do not.
fn differ(a: &Item<'_>, b: &Item<'_>) -> bool {
    match (a, b) {
        (Ok(Value::Null), b) => !matches!(b, Ok(Value::Null)),
        (a, Ok(Value::Null)) => !matches!(a, Ok(Value::Null)),
        (Ok(a), b) => a.same_item(b) == Ok(false),
        (Err(_), _) => false,
    }
}

impl<'a> List<'a> {
    fn equal(&self, other: &Self) -> Result<bool, Fault> {
        if let Self::Data(items) = self {
            return items.equal(other);
        }
        if self.len() != other.len() {
            return Ok(false);
        }
        Ok(!self.iter().zip(other.iter()).any(|(a, b)| differ(&a, &b)))
    }

    /// `item in self`
    pub(crate) fn contains(&self, item: &Value<'a>) -> Result<bool, Fault> {
        match self {
            Self::Data(items) => items.contains(item),
            Self::Json(_) | Self::Made(_) => {
                let mut items = self.iter().flatten();
                Ok(items.any(|other| item.same(&other) == Ok(true)))
            }
            // An item of a part is in the whole, even if other items cannot be compared.
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
        if let Self::Data(fields) = self {
            return fields.equal(other);
        }
        if self.len() != other.len() {
            return Ok(false);
        }
        let is_same = |(key, item)| {
            let found = other.get(&key);
            found.is_some_and(|found| !differ(&item, &found))
        };
        Ok(self.entries().all(is_same))
    }

    /// `key in self`
    pub(crate) fn contains(&self, key: &Value<'a>) -> Result<bool, Fault> {
        match self {
            Self::Data(_) => self.get(key).map_or(Ok(false), |found| found.map(|_| true)),
            Self::Json(_) => Ok(self.get(key).is_some()),
            Self::Made(entries) => Ok(entries.find(key)?.is_some()),
        }
    }
}
