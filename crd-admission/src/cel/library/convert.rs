//! Conversions between types.

use super::{Cost, Overload};
use crate::cel::fault::Fault;
use crate::cel::go::{self, Float};
use crate::cel::time::{Duration, Timestamp};
use crate::cel::types::Type as T;
use crate::cel::value::{Bytes, Value};

const A: T = T::Param("A");

pub(super) fn overloads() -> Vec<Overload> {
    let mut overloads = vec![
        Overload::new("type", "type", [A], T::of(A), type_of).operator(),
        Overload::new("dyn", "to_dyn", [A], T::Dyn, identity).operator(),
    ];
    overloads.extend(to_numbers());
    overloads.extend(to_texts());
    overloads.extend(to_times());
    overloads
}

fn to_numbers() -> Vec<Overload> {
    vec![
        Overload::new(
            "double",
            "double_to_double",
            [T::Double],
            T::Double,
            identity,
        ),
        Overload::new(
            "double",
            "int64_to_double",
            [T::Int],
            T::Double,
            run!(|Int(number)| int_to_double(*number)),
        ),
        Overload::new(
            "double",
            "string_to_double",
            [T::String],
            T::Double,
            try_run!(|String(text)| read("double", text, go::parse_float)),
        ),
        Overload::new(
            "double",
            "uint64_to_double",
            [T::Uint],
            T::Double,
            run!(|Uint(number)| uint_to_double(*number)),
        ),
        Overload::new("int", "int64_to_int64", [T::Int], T::Int, identity),
        Overload::new(
            "int",
            "double_to_int64",
            [T::Double],
            T::Int,
            try_run!(|Double(number)| double_to_int(*number)),
        ),
        Overload::new(
            "int",
            "duration_to_int64",
            [T::Duration],
            T::Int,
            run!(|Duration(duration)| duration.nanos),
        ),
        Overload::new(
            "int",
            "string_to_int64",
            [T::String],
            T::Int,
            try_run!(|String(text)| read("int", text, |text| text.parse::<i64>().ok())),
        ),
        Overload::new(
            "int",
            "timestamp_to_int64",
            [T::Timestamp],
            T::Int,
            run!(|Timestamp(time)| time.seconds),
        ),
        Overload::new(
            "int",
            "uint64_to_int64",
            [T::Uint],
            T::Int,
            try_run!(|Uint(number)| i64::try_from(*number).map_err(|_| Fault::IntOverflow)),
        ),
        Overload::new("uint", "uint64_to_uint64", [T::Uint], T::Uint, identity),
        Overload::new(
            "uint",
            "double_to_uint64",
            [T::Double],
            T::Uint,
            try_run!(|Double(number)| double_to_uint(*number)),
        ),
        Overload::new(
            "uint",
            "int64_to_uint64",
            [T::Int],
            T::Uint,
            try_run!(|Int(number)| u64::try_from(*number).map_err(|_| Fault::UintOverflow)),
        ),
        Overload::new(
            "uint",
            "string_to_uint64",
            [T::String],
            T::Uint,
            try_run!(|String(text)| read("uint", text, go::parse_uint)),
        ),
    ]
}

fn to_texts() -> Vec<Overload> {
    vec![
        Overload::new("bool", "bool_to_bool", [T::Bool], T::Bool, identity),
        Overload::new(
            "bool",
            "string_to_bool",
            [T::String],
            T::Bool,
            try_run!(|String(text)| read("bool", text, go::parse_bool)),
        ),
        Overload::new("bytes", "bytes_to_bytes", [T::Bytes], T::Bytes, identity),
        Overload::new(
            "bytes",
            "string_to_bytes",
            [T::String],
            T::Bytes,
            run!(|String(text)| Bytes::of_text(text.as_bytes())),
        )
        .costs(Cost::ENCODE),
        Overload::new(
            "string",
            "string_to_string",
            [T::String],
            T::String,
            identity,
        ),
        Overload::new(
            "string",
            "bool_to_string",
            [T::Bool],
            T::String,
            run!(|Bool(value)| value.to_string()),
        ),
        Overload::new(
            "string",
            "bytes_to_string",
            [T::Bytes],
            T::String,
            try_run!(|Bytes(bytes)| bytes_to_string(bytes)),
        )
        .costs(Cost::DECODE),
        Overload::new(
            "string",
            "double_to_string",
            [T::Double],
            T::String,
            run!(|Double(number)| Float(*number).to_string()),
        ),
        Overload::new(
            "string",
            "duration_to_string",
            [T::Duration],
            T::String,
            run!(|Duration(duration)| duration.to_string()),
        ),
        Overload::new(
            "string",
            "int64_to_string",
            [T::Int],
            T::String,
            run!(|Int(number)| number.to_string()),
        ),
        Overload::new(
            "string",
            "timestamp_to_string",
            [T::Timestamp],
            T::String,
            run!(|Timestamp(time)| time.to_string()),
        ),
        Overload::new(
            "string",
            "uint64_to_string",
            [T::Uint],
            T::String,
            run!(|Uint(number)| number.to_string()),
        ),
    ]
}

fn to_times() -> Vec<Overload> {
    vec![
        Overload::new(
            "duration",
            "duration_to_duration",
            [T::Duration],
            T::Duration,
            identity,
        ),
        Overload::new(
            "duration",
            "int64_to_duration",
            [T::Int],
            T::Duration,
            int_to_duration,
        ),
        Overload::new(
            "duration",
            "string_to_duration",
            [T::String],
            T::Duration,
            try_run!(|String(text)| read("google.protobuf.Duration", text, Duration::parse)),
        ),
        Overload::new(
            "timestamp",
            "timestamp_to_timestamp",
            [T::Timestamp],
            T::Timestamp,
            identity,
        ),
        Overload::new(
            "timestamp",
            "int64_to_timestamp",
            [T::Int],
            T::Timestamp,
            try_run!(|Int(seconds)| Timestamp::at(*seconds)),
        ),
        Overload::new(
            "timestamp",
            "string_to_timestamp",
            [T::String],
            T::Timestamp,
            try_run!(|String(text)| read("google.protobuf.Timestamp", text, Timestamp::parse)?),
        ),
    ]
}

fn identity<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [value] => Ok(value.clone()),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn type_of<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::Kept(_)] => Err(Fault::text(
            "type conversion to 'type' not supported for values preserved by \
             x-kubernetes-preserve-unknown-fields",
        )),
        [value] => Ok(Value::Type(value.ty())),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// Parses a text to a value of another type.
fn read<T>(to: &str, text: &str, read: fn(&str) -> Option<T>) -> Result<T, Fault> {
    read(text).ok_or_else(|| no_conversion("string", to))
}

#[cold]
fn no_conversion(from: &str, to: &str) -> Fault {
    Fault::text(format!("type conversion error from '{from}' to '{to}'"))
}

/// The function is declared, but always fails.
fn int_to_duration<'a>(_: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    Err(no_conversion("int", "google.protobuf.Duration"))
}

#[expect(clippy::cast_precision_loss, reason = "the next double is meant")]
fn int_to_double(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "the next double is meant")]
fn uint_to_double(number: u64) -> f64 {
    number as f64
}

/// Truncates; the least integer counts as out of range, too.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
fn double_to_int(number: f64) -> Result<i64, Fault> {
    let is_in_range = number > int_to_double(i64::MIN) && number < int_to_double(i64::MAX);
    is_in_range
        .then_some(number as i64)
        .ok_or(Fault::IntOverflow)
}

/// Truncates.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
fn double_to_uint(number: f64) -> Result<u64, Fault> {
    let is_in_range = number >= 0.0 && number < uint_to_double(u64::MAX);
    is_in_range
        .then_some(number as u64)
        .ok_or(Fault::UintOverflow)
}

fn bytes_to_string(bytes: &Bytes) -> Result<String, Fault> {
    String::from_utf8(bytes.to_vec())
        .map_err(|_| Fault::text("invalid UTF-8 in bytes, cannot convert to string"))
}
