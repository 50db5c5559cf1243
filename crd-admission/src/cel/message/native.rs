//! Values of message fields in Go.

use super::camel::upper_camel;
use crate::cel::base64;
use crate::cel::eval::go_type;
use crate::cel::fault::Fault;
use crate::cel::types::Type;
use crate::cel::value::{Bytes, Entries, Item, List, Map, Value, remade};

/// The Go type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Go {
    Bool,
    Bytes,
    Float32,
    Float64,
    Int32,
    Int64,
    Uint8,
    Uint32,
    Uint64,
    String,
    Enum,
    List,
    /// The items of a list.
    Values,
    Struct,
    /// Any JSON.
    Value,
}

/// The value of a field.
pub(super) struct Native<'a>(Value<'a>);

impl<'a> From<Native<'a>> for Value<'a> {
    fn from(native: Native<'a>) -> Self {
        native.0
    }
}

impl Native<'_> {
    pub(super) fn integer(&self) -> i64 {
        match self.0 {
            Value::Int(number) => number,
            _ => 0,
        }
    }

    pub(super) fn text(&self) -> String {
        match &self.0 {
            Value::String(text) => text.to_string(),
            _ => String::new(),
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        match &self.0 {
            Value::Bytes(bytes) => bytes.to_vec(),
            _ => Vec::new(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_zero()
    }
}

/// The Go type of a JSON list's items.
const VALUES: &str = "[]*structpb.Value";
/// Integers beyond are strings in JSON.
const EXACT: i64 = 1 << 53;

impl Go {
    /// The type of a field of `google.protobuf.Value`.
    pub(super) fn of_kind(field: &str) -> Option<Self> {
        Some(match field {
            "null_value" => Self::Enum,
            "number_value" => Self::Float64,
            "string_value" => Self::String,
            "bool_value" => Self::Bool,
            "struct_value" => Self::Struct,
            "list_value" => Self::List,
            _ => return None,
        })
    }

    /// The type in the checker.
    pub(super) const fn ty(self) -> Type {
        match self {
            Self::Bool => Type::Bool,
            Self::Bytes => Type::Bytes,
            Self::Float32 | Self::Float64 => Type::Double,
            Self::Int32 | Self::Int64 | Self::Enum => Type::Int,
            Self::Uint8 | Self::Uint32 | Self::Uint64 => Type::Uint,
            Self::String => Type::String,
            Self::List | Self::Values | Self::Struct | Self::Value => Type::Dyn,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Bytes => "[]uint8",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
            Self::Int32 => "int32",
            Self::Int64 => "int64",
            Self::Uint8 => "uint8",
            Self::Uint32 => "uint32",
            Self::Uint64 => "uint64",
            Self::String => "string",
            Self::Enum => "protoreflect.EnumNumber",
            Self::List => "*structpb.ListValue",
            Self::Values => VALUES,
            Self::Struct => "*structpb.Struct",
            Self::Value => "*structpb.Value",
        }
    }

    pub(super) fn zero<'a>(self) -> Native<'a> {
        Native(match self {
            Self::Bool => Value::Bool(false),
            Self::Bytes => Value::from(Bytes::from(Vec::new())),
            Self::Float32 | Self::Float64 => Value::Double(0.0),
            Self::Int32 | Self::Int64 => Value::Int(0),
            Self::Uint8 | Self::Uint32 | Self::Uint64 => Value::Uint(0),
            Self::String => Value::from(""),
            Self::Enum | Self::List | Self::Values | Self::Struct | Self::Value => Value::Null,
        })
    }

    /// Converts an item to a field of this type, or returns the fault.
    pub(super) fn convert<'a>(self, item: &Item<'a>) -> Result<Native<'a>, Fault> {
        let value = item.as_ref().map_err(Fault::clone)?;
        let converted = match (self, value) {
            (_, Value::Optional(Some(item))) => return self.convert(item),
            (_, Value::Optional(None)) => return Err(Fault::text("optional.none() dereference")),
            // A concatenation becomes one list first.
            (_, Value::List(List::Joined(_))) => return self.convert(&remade(item)),
            (Self::Bool, Value::Bool(_))
            | (Self::Float64, Value::Double(_))
            | (Self::Int64, Value::Int(_))
            | (Self::Uint64, Value::Uint(_))
            | (Self::String, Value::String(_)) => value.clone(),
            #[expect(clippy::cast_possible_truncation, reason = "the server loses it, too")]
            (Self::Float32, Value::Double(number)) => Value::Double(f64::from(*number as f32)),
            (Self::Int32 | Self::Enum, Value::Int(number)) => match i32::try_from(*number) {
                Ok(_) => value.clone(),
                Err(_) => return Err(Fault::IntOverflow),
            },
            (Self::Uint32, Value::Uint(number)) if u32::try_from(*number).is_ok() => value.clone(),
            (Self::Uint8, Value::Uint(number)) if u8::try_from(*number).is_ok() => value.clone(),
            (Self::Uint8 | Self::Uint32, Value::Uint(_)) => return Err(Fault::UintOverflow),
            (
                Self::String,
                Value::Quantity(_)
                | Value::Ip(_)
                | Value::Cidr(_)
                | Value::Url(_)
                | Value::Semver(_),
            ) => Value::from(value.to_string()),
            (Self::Bytes | Self::Values, Value::List(List::Data(items))) => {
                return Err(self.panic(items.native_type()));
            }
            (Self::Values, Value::Bytes(_)) => {
                let text = format!(
                    "reflect.Value.Convert: value of type types.Bytes cannot be converted to type \
                     {VALUES}"
                );
                return Err(Fault::Internal(text.into()));
            }
            (Self::Bytes, Value::Bytes(bytes)) => bytes.without_room().into(),
            (Self::Bytes, Value::List(items)) => bytes(items)?,
            (Self::List | Self::Values | Self::Value, Value::List(items)) if is_made(value) => {
                list(items)?
            }
            (Self::Struct | Self::Value, Value::Map(map)) if is_made(value) => object(map)?,
            (Self::List, Value::Map(map)) if is_made(value) => list_of_fields(map)?,
            (Self::Value, value) => json(value).ok_or_else(|| self.unfit(value))?,
            (_, value) => return Err(self.unfit(value)),
        };
        Ok(Native(converted))
    }

    /// The server panics: it confuses a list in the request with a computed one.
    #[cold]
    fn panic(self, list: &str) -> Fault {
        let to = self.name();
        Fault::Internal(match self {
            Self::Bytes => format!("invalid type: {list}").into(),
            _ => format!("reflect.Set: value of type {list} is not assignable to type {to}").into(),
        })
    }

    /// The fault for a value of another type.
    #[cold]
    fn unfit(self, value: &Value<'_>) -> Fault {
        Fault::text(self.unfit_text(value))
    }

    fn unfit_text(self, value: &Value<'_>) -> String {
        let name = self.name();
        let from = match value {
            Value::Int(_) => return format!("unsupported type conversion from 'int' to {name}"),
            Value::Uint(_) => return format!("unsupported type conversion from 'uint' to {name}"),
            Value::String(_) => {
                return format!("unsupported native conversion from string to '{name}'");
            }
            Value::Type(_) => return "type conversion not supported for 'type'".to_owned(),
            Value::Kept(_) => {
                return format!(
                    "type conversion to '{name}' not supported for values preserved by \
                     x-kubernetes-preserve-unknown-fields"
                );
            }
            Value::Empty(_) if matches!(self, Self::Struct | Self::List) => {
                let message = name.trim_start_matches("*structpb.");
                return format!(
                    "type conversion error: pb.Merge() arguments must be the same type. got: \
                     google.protobuf.{message}, google.protobuf.Empty"
                );
            }
            Value::Bool(_) => "bool",
            Value::Double(_) => "Double",
            Value::Bytes(_) => "Bytes",
            Value::Null => "'null_type'",
            Value::List(List::Data(_)) => "'list(dyn)'",
            Value::List(_) => "list",
            Value::Map(Map::Data(_)) => "'map(dyn, dyn)'",
            Value::Map(_) => "map",
            Value::Empty(_) => "'*dynamicpb.Message'",
            // A type of a library has its Go name.
            other => {
                let go_type = go_type(other);
                let from = go_type.rsplit('.').next().unwrap_or(go_type);
                return format!("type conversion error from '{from}' to '{name}'");
            }
        };
        format!("type conversion error from {from} to '{name}'")
    }
}

/// Lists and maps in the request are not JSON here.
const fn is_made(value: &Value<'_>) -> bool {
    !matches!(value, Value::List(List::Data(_)) | Value::Map(Map::Data(_)))
}

/// A scalar value as JSON.
fn json<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    Some(match value {
        Value::Null | Value::Bool(_) | Value::Double(_) | Value::String(_) => value.clone(),
        #[expect(clippy::cast_precision_loss, reason = "it is small enough")]
        Value::Int(number) if number.unsigned_abs() < EXACT.unsigned_abs() => {
            Value::Double(*number as f64)
        }
        #[expect(clippy::cast_precision_loss, reason = "it is small enough")]
        Value::Uint(number) if *number < EXACT.unsigned_abs() => Value::Double(*number as f64),
        Value::Int(number) => number.to_string().into(),
        Value::Uint(number) => number.to_string().into(),
        Value::Bytes(bytes) => base64::encode(&bytes.to_vec()).into(),
        Value::Timestamp(time) => time.to_string().into(),
        Value::Duration(duration) => duration.to_string().into(),
        Value::Empty(_) => Entries::default().into(),
        _ => return None,
    })
}

/// A list as JSON.
pub(super) fn list<'a>(list: &List<'a>) -> Item<'a> {
    let items = list.iter().map(|item| Ok(Ok(Go::Value.convert(&item)?.0)));
    let items: Vec<Item<'a>> = items.collect::<Result<_, Fault>>()?;
    Ok(items.into())
}

/// A map as JSON.
pub(super) fn object<'a>(map: &Map<'a>) -> Item<'a> {
    let mut entries = Entries::default();
    for (key, item) in map.lookups() {
        let key = Go::String.convert(&Ok(key))?;
        let value = Go::Value.convert(&item)?;
        entries.insert(&key.0, Ok(value.0))?;
    }
    Ok(entries.into())
}

fn bytes<'a>(list: &List<'a>) -> Item<'a> {
    let byte = |item: Item<'a>| match Go::Uint8.convert(&item)?.0 {
        Value::Uint(byte) => Ok(u8::try_from(byte).unwrap_or_default()),
        _ => Ok(0),
    };
    let bytes = list.iter().map(byte).collect::<Result<Vec<u8>, Fault>>()?;
    Ok(Bytes::from(bytes).into())
}

/// A key as a text.
fn name(key: &Value<'_>) -> Result<String, Fault> {
    match key {
        Value::Null => Ok("null".to_owned()),
        Value::List(_)
        | Value::Map(_)
        | Value::Optional(_)
        | Value::Empty(_)
        | Value::Quantity(_)
        | Value::Url(_) => {
            let from = key.type_text();
            let text = format!("type conversion error from '{from}' to 'string'");
            Err(Fault::text(text))
        }
        Value::Timestamp(time) => Ok(time.to_string()),
        Value::Duration(duration) => Ok(duration.to_string()),
        other => Ok(other.to_string()),
    }
}

/// The server takes the entries of a map for the fields of a Go struct, here of a list.
fn list_of_fields<'a>(map: &Map<'a>) -> Item<'a> {
    let mut items = Vec::<Item<'a>>::new().into();
    for (key, item) in map.lookups() {
        let name = upper_camel(&name(&key)?);
        if name != "Values" {
            return Err(Fault::text(format!(
                "type conversion error, no such field '{name}' in type 'structpb.ListValue'"
            )));
        }
        items = Go::Values.convert(&item)?.0;
    }
    Ok(items)
}
