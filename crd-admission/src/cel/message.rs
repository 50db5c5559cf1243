//! Messages that an expression can make: `google.protobuf.Duration{seconds: 5}`.
//!
//! The server knows them as values of their own, which have no fields any more.

use std::collections::BTreeMap;

use super::eval::go_type;
use super::fault::Fault;
use super::time::{Duration, Timestamp};
use super::types::Type;
use super::value::{Item, List, Map, Value};

/// A message that an expression can make.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Duration,
    Timestamp,
    /// It can be named, but not made.
    Null,
}

const SECONDS: &str = "seconds";
const NANOS: &str = "nanos";

impl Message {
    /// The message whose values have a type.
    pub(crate) fn of(ty: &Type) -> Option<Self> {
        match ty {
            Type::Duration => Some(Self::Duration),
            Type::Timestamp => Some(Self::Timestamp),
            Type::Null => Some(Self::Null),
            _ => None,
        }
    }

    /// The type of a field.
    ///
    /// # Errors
    ///
    /// The words of the checker, if there is none.
    pub(crate) fn field(self, name: &str) -> Result<Type, String> {
        match self {
            Self::Null => {
                Err("unexpected failed resolution of 'google.protobuf.NullValue'".to_owned())
            }
            Self::Duration | Self::Timestamp if [SECONDS, NANOS].contains(&name) => Ok(Type::Int),
            Self::Duration | Self::Timestamp => Err(undefined(name)),
        }
    }

    /// What is made of fields under the name that the expression gives the type: only the full name
    /// is known at run time.
    pub(crate) fn make<'a>(
        self,
        name: &str,
        fields: &BTreeMap<&str, Item<'a>>,
    ) -> Result<Value<'a>, Fault> {
        let full = match self {
            Self::Duration => Type::Duration,
            Self::Timestamp => Type::Timestamp,
            Self::Null => return Err(unknown(name)),
        };
        if full.name() != name {
            return Err(unknown(name));
        }
        let field = |field: &str, go: Go| match fields.get(field) {
            None => Ok(0),
            Some(item) => go.item(item).map_err(|why| {
                let text =
                    format!("field type conversion error for {name}.{field} value type: {why}");
                Fault::text(text)
            }),
        };
        let seconds = field(SECONDS, Go::Int64)?;
        let nanos = field(NANOS, Go::Int32)?;
        if let Self::Duration = self {
            return Ok(Value::Duration(Duration::of(seconds, nanos)));
        }
        // Years that no text can name are a fault, though the server has them.
        Timestamp::of(seconds, nanos).map(Value::Timestamp)
    }
}

/// That there is no such field, in the words of the checker.
pub(crate) fn undefined(field: &str) -> String {
    format!("undefined field '{field}'")
}

fn unknown(name: &str) -> Fault {
    Fault::text(format!("unknown type '{name}'"))
}

/// The Go type of a field.
#[derive(Clone, Copy)]
enum Go {
    Int32,
    Int64,
}

impl Go {
    const fn name(self) -> &'static str {
        match self {
            Self::Int32 => "int32",
            Self::Int64 => "int64",
        }
    }

    fn item(self, item: &Item<'_>) -> Result<i64, String> {
        match item {
            Ok(value) => self.integer(value),
            Err(fault) => Err(fault.to_string()),
        }
    }

    /// A value as an integer of this type, or why it is none.
    fn integer(self, value: &Value<'_>) -> Result<i64, String> {
        let name = self.name();
        let from = match value {
            Value::Int(number) => {
                let fits = matches!(self, Self::Int64) || i32::try_from(*number).is_ok();
                return fits
                    .then_some(*number)
                    .ok_or_else(|| Fault::IntOverflow.to_string());
            }
            Value::Optional(Some(value)) => {
                return self.item(value);
            }
            Value::Optional(None) => return Err("optional.none() dereference".to_owned()),
            Value::Uint(_) => {
                return Err(format!("unsupported type conversion from 'uint' to {name}"));
            }
            Value::String(_) => {
                return Err(format!(
                    "unsupported native conversion from string to '{name}'"
                ));
            }
            Value::Type(_) => return Err("type conversion not supported for 'type'".to_owned()),
            Value::Bool(_) => "bool",
            Value::Double(_) => "Double",
            Value::Bytes(_) => "Bytes",
            Value::Null => "'null_type'",
            Value::List(List::Data(_)) => "'list(dyn)'",
            Value::List(_) => "list",
            Value::Map(Map::Data(_)) => "'map(dyn, dyn)'",
            Value::Map(_) => "map",
            // A type of a library is called as in Go.
            other => {
                let name = go_type(other);
                let name = name.rsplit('.').next().unwrap_or(name);
                return Err(format!(
                    "type conversion error from '{name}' to '{}'",
                    self.name()
                ));
            }
        };
        Err(format!("type conversion error from {from} to '{name}'"))
    }
}
