//! A value after a round trip through Go.

use std::fmt::Display;

use super::{Item, List, Map, Place, Value};
use crate::cel::fault::Fault;

/// The server's value for an item after conversion to Go and back: optionals are unwrapped, lists
/// and maps lose their schema and get a new address. Values of Kubernetes' types cannot be
/// converted back.
pub(crate) fn remade<'a>(item: &Item<'a>) -> Item<'a> {
    let value = match item {
        Ok(value) => value,
        Err(fault) => return Err(no_conversion("*errors.errorString", fault)),
    };
    match value {
        Value::Ip(_) | Value::Cidr(_) | Value::Quantity(_) | Value::Semver(_) | Value::Url(_) => {
            Err(no_conversion(native_type(value), value))
        }
        Value::Optional(Some(item)) => remade(item),
        Value::Optional(None) => Ok(Value::Null),
        Value::Type(ty) => Ok(ty.name().to_owned().into()),
        Value::Empty(_) => Ok(Value::Empty(Place::new())),
        Value::List(list) => Ok(list_remade(list)),
        Value::Map(Map::Data(fields)) => Ok(fields.json().again()),
        Value::Map(Map::Json(json)) => Ok(json.again()),
        Value::Map(Map::Made(entries)) => Ok((**entries).clone().into()),
        other => Ok(other.clone()),
    }
}

/// The Go type of the converted value.
pub(crate) fn native_type(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "structpb.NullValue",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Uint(_) => "uint64",
        Value::Double(_) => "float64",
        Value::String(_) | Value::Type(_) => "string",
        Value::Bytes(_) => "[]uint8",
        Value::Timestamp(_) => "time.Time",
        Value::Duration(_) => "time.Duration",
        Value::Optional(Some(item)) => match &**item {
            Ok(value) => native_type(value),
            Err(_) => "*errors.errorString",
        },
        Value::Optional(None) => "<nil>",
        Value::List(List::Made(_)) => "[]ref.Val",
        Value::List(_) => "[]interface {}",
        Value::Map(Map::Made(_)) => "map[ref.Val]ref.Val",
        Value::Map(_) => "map[string]interface {}",
        Value::Url(_) => "*url.URL",
        Value::Ip(_) => "netip.Addr",
        Value::Cidr(_) => "netip.Prefix",
        Value::Quantity(_) => "*resource.Quantity",
        Value::Semver(_) => "semver.Version",
        Value::Format(_) => "cel.Format",
        Value::Empty(_) => "*dynamicpb.Message",
        Value::Kept(view) => view.go_type(),
    }
}

fn list_remade<'a>(list: &List<'a>) -> Value<'a> {
    match list {
        List::Data(items) => items.without_schema(),
        List::Json(json) => json.again(),
        List::Made(items) => (**items).clone().into(),
        // The items of all parts become one list.
        List::Joined(_) => list
            .iter()
            .map(|item| remade(&item))
            .collect::<Vec<_>>()
            .into(),
    }
}

#[cold]
fn no_conversion(go_type: &str, value: &dyn Display) -> Fault {
    Fault::text(format!(
        "unsupported conversion to ref.Val: ({go_type}){value}"
    ))
}
