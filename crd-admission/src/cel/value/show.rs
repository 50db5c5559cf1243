//! Values as Go's `%v` prints them, for errors.

use std::fmt::{self, Display};

use super::{List, Map, Value};
use crate::cel::fault::Fault;
use crate::cel::go::Float;
use crate::cel::types::Type;

impl Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("0"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Uint(number) => write!(f, "{number}"),
            Self::Double(number) => write!(f, "{}", Float(*number)),
            Self::String(text) => f.write_str(text),
            Self::Bytes(bytes) => write_items(f, bytes.to_vec().iter(), " "),
            Self::Timestamp(time) => write!(f, "{}", time.as_go()),
            Self::Duration(duration) => write!(f, "{}", duration.as_go()),
            Self::Type(ty) => f.write_str(match ty {
                Type::List(_) => "list(dyn)",
                Type::Map(_) => "map(dyn, dyn)",
                ty => ty.name(),
            }),
            Self::Optional(None) => f.write_str("optional.none()"),
            Self::Optional(Some(value)) => match &**value {
                Ok(value) => write!(f, "optional({value})"),
                Err(fault) => write!(f, "optional({fault})"),
            },
            Self::List(list) => write!(f, "{list}"),
            Self::Map(map) => write!(f, "{map}"),
            Self::Url(url) => write!(f, "{url}"),
            Self::Ip(address) => write!(f, "{address}"),
            Self::Cidr(prefix) => write!(f, "{prefix}"),
            Self::Quantity(quantity) => write!(f, "{quantity}"),
            Self::Semver(version) => write!(f, "{version}"),
            Self::Format(format) => f.write_str(format.name),
            Self::Empty(_) => Ok(()),
            // The server prints a pointer.
            Self::Kept(_) => f.write_str("unknown"),
        }
    }
}

impl Display for List<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_items(f, self.iter().map(Shown), ", ")
    }
}

impl Display for Map<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (i, (key, value)) in self.entries().enumerate() {
            f.write_str(if i == 0 { "" } else { ", " })?;
            match key {
                // A NaN key does not find its own value.
                Value::Double(number) if number.is_nan() => f.write_str("NaN: <nil>")?,
                key => write!(f, "{key}: {}", Shown(value))?,
            }
        }
        f.write_str("}")
    }
}

/// A value or a fault.
struct Shown<'a>(Result<Value<'a>, Fault>);

impl Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Ok(value) => write!(f, "{value}"),
            Err(fault) => write!(f, "{fault}"),
        }
    }
}

fn write_items(
    f: &mut fmt::Formatter<'_>,
    items: impl Iterator<Item = impl Display>,
    separator: &str,
) -> fmt::Result {
    f.write_str("[")?;
    for (i, item) in items.enumerate() {
        f.write_str(if i == 0 { "" } else { separator })?;
        write!(f, "{item}")?;
    }
    f.write_str("]")
}
