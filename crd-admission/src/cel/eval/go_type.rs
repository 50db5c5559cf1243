//! The API server's Go types of values, which some errors show.

use crate::cel::value::{List, Map, Value};

/// The Go type of a value.
pub(in crate::cel) fn go_type(value: &Value<'_>) -> &'static str {
    match value {
        Value::Null => "types.Null",
        Value::Bool(_) => "types.Bool",
        Value::Int(_) => "types.Int",
        Value::Uint(_) => "types.Uint",
        Value::Double(_) => "types.Double",
        Value::String(_) => "types.String",
        Value::Bytes(_) => "types.Bytes",
        Value::Timestamp(_) => "types.Timestamp",
        Value::Duration(_) => "types.Duration",
        Value::Type(_) => "*types.Type",
        Value::Optional(_) => "*types.Optional",
        Value::List(List::Data(items)) => items.go_type(),
        Value::List(List::Json(_) | List::Made(_)) => "*types.baseList",
        Value::List(List::Joined(_)) => "*types.concatList",
        Value::Map(Map::Data(_)) => "*common.unstructuredMap",
        Value::Map(Map::Json(_) | Map::Made(_)) => "*types.baseMap",
        Value::Url(_) => "cel.URL",
        Value::Ip(_) => "cel.IP",
        Value::Cidr(_) => "cel.CIDR",
        Value::Quantity(quantity) => quantity.go_type(),
        Value::Semver(_) => "cel.Semver",
        Value::Format(_) => "cel.Format",
        Value::Empty(_) => "*types.protoObj",
        Value::Kept(_) => "*common.unknownPreserved",
    }
}
