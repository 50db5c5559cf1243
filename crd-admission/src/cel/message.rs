//! Messages that an expression can construct: `google.protobuf.Duration{seconds: 5}`.
//!
//! The server converts nearly all of them to values of its own types, which have no fields.

mod camel;
mod native;
mod shown;

use self::native::{Go, Native};
use self::shown::Shown;
use super::fault::Fault;
use super::time::{Duration, Timestamp};
use super::types::Type;
use super::value::{Entries, Item, Place, Value};

/// A message that an expression can construct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Message {
    Duration,
    Timestamp,
    /// It can be named, but not constructed.
    Null,
    Any,
    Empty,
    Struct,
    List,
    Value,
    /// A wrapper of a scalar type.
    Wrapper(Go),
}

/// The message without fields.
pub(crate) const EMPTY: &str = "google.protobuf.Empty";
/// The only value of its type.
pub(crate) const NULL_VALUE: &str = "google.protobuf.NullValue.NULL_VALUE";

const SECONDS: &str = "seconds";
const NANOS: &str = "nanos";
const TYPE_URL: &str = "type_url";
const VALUE: &str = "value";

impl Message {
    /// The message with a name, also at run time.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name.strip_prefix("google.protobuf.")? {
            "Duration" => Self::Duration,
            "Timestamp" => Self::Timestamp,
            "Any" => Self::Any,
            "Empty" => Self::Empty,
            "Struct" => Self::Struct,
            "ListValue" => Self::List,
            "Value" => Self::Value,
            "BoolValue" => Self::Wrapper(Go::Bool),
            "BytesValue" => Self::Wrapper(Go::Bytes),
            "DoubleValue" => Self::Wrapper(Go::Float64),
            "FloatValue" => Self::Wrapper(Go::Float32),
            "Int32Value" => Self::Wrapper(Go::Int32),
            "Int64Value" => Self::Wrapper(Go::Int64),
            "UInt32Value" => Self::Wrapper(Go::Uint32),
            "UInt64Value" => Self::Wrapper(Go::Uint64),
            "StringValue" => Self::Wrapper(Go::String),
            _ => return None,
        })
    }

    /// The message that the checker finds for a name, given its type.
    pub(crate) fn of(name: &str, ty: &Type) -> Option<Self> {
        Self::named(name).or(match ty {
            Type::Duration => Some(Self::Duration),
            Type::Timestamp => Some(Self::Timestamp),
            Type::Null => Some(Self::Null),
            _ => None,
        })
    }

    /// The type of the values.
    pub(crate) fn ty(self) -> Type {
        match self {
            Self::Duration => Type::Duration,
            Self::Timestamp => Type::Timestamp,
            Self::Null => Type::Null,
            Self::Any => Type::Any,
            Self::Empty => Type::Object(EMPTY.into()),
            Self::Struct => Type::map(Type::String, Type::Dyn),
            Self::List => Type::list(Type::Dyn),
            Self::Value => Type::Dyn,
            Self::Wrapper(go) => Type::Wrapper(go.ty().into()),
        }
    }

    /// Whether its name is a type at run time.
    pub(crate) const fn is_type(self) -> bool {
        matches!(self, Self::Duration | Self::Timestamp | Self::Empty)
    }

    /// The type of a field.
    ///
    /// # Errors
    ///
    /// The checker's error, if there is no such field.
    pub(crate) fn field(self, name: &str) -> Result<Type, String> {
        Ok(match (self, name) {
            (Self::Null, _) => {
                let text = "unexpected failed resolution of 'google.protobuf.NullValue'";
                return Err(text.to_owned());
            }
            (Self::Duration | Self::Timestamp, SECONDS | NANOS) => Type::Int,
            (Self::Any, TYPE_URL) => Type::String,
            (Self::Any, VALUE) => Type::Bytes,
            (Self::Struct, "fields") => Self::Struct.ty(),
            (Self::List, "values") => Self::List.ty(),
            (Self::Wrapper(go), VALUE) => go.ty(),
            (Self::Value, kind) => match Go::of_kind(kind) {
                Some(Go::List) => Self::List.ty(),
                Some(Go::Struct) => Self::Struct.ty(),
                Some(go) => go.ty(),
                None => return Err(undefined(name)),
            },
            _ => return Err(undefined(name)),
        })
    }

    /// The value of a message. `name` is as the expression spells it; at run time only full names
    /// are known.
    pub(crate) fn make<'a>(name: &str, fields: &Fields<'_, 'a>) -> Item<'a> {
        let Some(message) = Self::named(name) else {
            return Err(Fault::text(format!("unknown type '{name}'")));
        };
        let fields = Named { name, fields };
        match message {
            Self::Duration => {
                let (seconds, nanos) = fields.moment()?;
                Ok(Value::Duration(Duration::of(seconds, nanos)))
            }
            // Years beyond the range of texts are a fault here, although the server accepts them.
            Self::Timestamp => {
                let (seconds, nanos) = fields.moment()?;
                Timestamp::of(seconds, nanos).map(Value::Timestamp)
            }
            Self::Null => Err(Fault::text(format!("unknown type '{name}'"))),
            Self::Empty => Ok(Value::Empty(Place::new())),
            Self::Any => fields.any(),
            Self::Struct => fields.object(),
            Self::List => fields.list(),
            Self::Value => fields.kind(),
            Self::Wrapper(go) => Ok(fields.native(VALUE, go)?.into()),
        }
    }
}

/// The fields of a message, in order.
#[derive(Default)]
pub(crate) struct Fields<'f, 'a>(Vec<(&'f str, Item<'a>)>);

impl<'f, 'a> Fields<'f, 'a> {
    /// Sets or removes a field.
    pub(crate) fn set(&mut self, name: &'f str, item: Option<Item<'a>>) {
        self.0.retain(|(known, _)| *known != name);
        self.0.extend(item.map(|item| (name, item)));
    }

    fn get(&self, name: &str) -> Option<&Item<'a>> {
        let mut fields = self.0.iter();
        fields
            .find(|(known, _)| *known == name)
            .map(|(_, item)| item)
    }
}

/// The fields of a message, and its name.
struct Named<'f, 'a> {
    name: &'f str,
    fields: &'f Fields<'f, 'a>,
}

impl<'a> Named<'_, 'a> {
    /// A field in Go, or the zero value of its type.
    fn native(&self, field: &str, go: Go) -> Result<Native<'a>, Fault> {
        match self.fields.get(field) {
            None => Ok(go.zero()),
            Some(item) => go.convert(item).map_err(|why| self.fault(field, why)),
        }
    }

    #[cold]
    fn fault(&self, field: &str, why: Fault) -> Fault {
        let name = self.name;
        match why {
            Fault::Internal(_) => why,
            why => Fault::text(format!(
                "field type conversion error for {name}.{field} value type: {why}"
            )),
        }
    }

    #[cold]
    fn unsupported(&self, field: &str, value: &Value<'a>) -> Fault {
        let (name, ty) = (self.name, value.type_text());
        Fault::text(format!("unsupported field type for {name}.{field}: {ty}"))
    }

    fn moment(&self) -> Result<(i64, i64), Fault> {
        let seconds = self.native(SECONDS, Go::Int64)?.integer();
        Ok((seconds, self.native(NANOS, Go::Int32)?.integer()))
    }

    /// The one field that is set in a `oneof`.
    fn kind(&self) -> Item<'a> {
        let mut value = Value::Null;
        for (name, _) in &self.fields.0 {
            if let Some(go) = Go::of_kind(name) {
                let native = self.native(name, go)?;
                value = if go == Go::Enum {
                    Value::Null
                } else {
                    native.into()
                };
            }
        }
        Ok(value)
    }

    fn list(&self) -> Item<'a> {
        const FIELD: &str = "values";
        let list = match self.fields.get(FIELD) {
            None => return Ok(Vec::<Item<'a>>::new().into()),
            Some(Ok(Value::List(list))) => list,
            Some(Ok(other)) => return Err(self.unsupported(FIELD, other)),
            Some(Err(fault)) => return Err(fault.clone()),
        };
        native::list(list).map_err(|why| self.fault(FIELD, why))
    }

    fn object(&self) -> Item<'a> {
        const FIELD: &str = "fields";
        let map = match self.fields.get(FIELD) {
            None => return Ok(Entries::default().into()),
            Some(Ok(Value::Map(map))) => map,
            Some(Ok(other)) => return Err(self.unsupported(FIELD, other)),
            Some(Err(fault)) => return Err(fault.clone()),
        };
        native::object(map).map_err(|why| self.fault(FIELD, why))
    }

    /// The message of the named type, without fields: its bytes are not decoded.
    fn any(&self) -> Item<'a> {
        let url = self.native(TYPE_URL, Go::String)?.text();
        let bytes = self.native(VALUE, Go::Bytes)?;
        let name = url.rsplit('/').next().unwrap_or_default();
        let known = Message::named(name).filter(|message| *message != Message::Any);
        if known.is_some() && bytes.is_empty() {
            return Message::make(name, &Fields::default());
        }
        let url = Some(Shown(url.as_bytes())).filter(|_| !url.is_empty());
        let bytes = bytes.bytes();
        let bytes = Some(Shown(&bytes)).filter(|_| !bytes.is_empty());
        let fields = [
            url.map(|url| format!("{TYPE_URL}:{url}")),
            bytes.map(|bytes| format!("{VALUE}:{bytes}")),
        ];
        let fields: Vec<_> = fields.into_iter().flatten().collect();
        Err(Fault::text(format!(
            "unsupported conversion to ref.Val: (*dynamicpb.Message){}",
            fields.join(" ")
        )))
    }
}

/// The checker's error for an unknown field.
pub(crate) fn undefined(field: &str) -> String {
    format!("undefined field '{field}'")
}
