//! Operators: logic, equality, order, arithmetic, membership, index and size.

use std::cmp::Ordering;

use super::{Cost, Overload, Run};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::Value;

const A: T = T::Param("A");
const B: T = T::Param("B");

pub(super) fn overloads() -> Vec<Overload> {
    let mut overloads = logic();
    overloads.extend(arithmetic());
    overloads.extend(order());
    overloads.extend(collections());
    overloads
}

fn list() -> T {
    T::list(A)
}

fn map() -> T {
    T::map(A, B)
}

fn operator<const N: usize>(
    function: &'static str,
    id: &'static str,
    params: [T; N],
    result: T,
    run: Run,
) -> Overload {
    Overload::new(function, id, params, result, run).operator()
}

fn logic() -> Vec<Overload> {
    vec![
        operator("_?_:_", "conditional", [T::Bool, A, A], A, conditional),
        operator(
            "_&&_",
            "logical_and",
            [T::Bool, T::Bool],
            T::Bool,
            run!(|Bool(a), Bool(b)| *a && *b),
        ),
        operator(
            "_||_",
            "logical_or",
            [T::Bool, T::Bool],
            T::Bool,
            run!(|Bool(a), Bool(b)| *a || *b),
        ),
        operator("!_", "logical_not", [T::Bool], T::Bool, run!(|Bool(a)| !a)),
        operator(
            "@not_strictly_false",
            "not_strictly_false",
            [T::Bool],
            T::Bool,
            not_strictly_false,
        ),
        operator("_==_", "equals", [A, A], T::Bool, equals).costs(Cost::EQUAL),
        operator("_!=_", "not_equals", [A, A], T::Bool, not_equals).costs(Cost::COMPARE),
    ]
}

fn conditional<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::Bool(true), value, _] | [Value::Bool(false), _, value] => Ok(value.clone()),
        _ => Err(Fault::NoSuchOverload),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "all functions have this form")]
fn not_strictly_false<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let is_false = matches!(arguments, [Value::Bool(false)]);
    Ok((!is_false).into())
}

fn equals<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [a, b] => a.equal(b).map(Value::from),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// Values that cannot be compared are not equal.
fn not_equals<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [a, b] => Ok((a.equal(b) != Ok(true)).into()),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn arithmetic() -> Vec<Overload> {
    let same = |function, id, ty: T, run| operator(function, id, [ty.clone(), ty.clone()], ty, run);
    vec![
        same("_+_", "add_bytes", T::Bytes, add).costs(Cost::APPEND),
        same("_+_", "add_double", T::Double, add),
        same("_+_", "add_duration_duration", T::Duration, add),
        operator(
            "_+_",
            "add_duration_timestamp",
            [T::Duration, T::Timestamp],
            T::Timestamp,
            add,
        ),
        operator(
            "_+_",
            "add_timestamp_duration",
            [T::Timestamp, T::Duration],
            T::Timestamp,
            add,
        ),
        same("_+_", "add_int64", T::Int, add),
        same("_+_", "add_list", list(), add).costs(Cost::APPEND_LIST),
        same("_+_", "add_string", T::String, add).costs(Cost::APPEND),
        same("_+_", "add_uint64", T::Uint, add),
        same("_/_", "divide_double", T::Double, divide),
        same("_/_", "divide_int64", T::Int, divide),
        same("_/_", "divide_uint64", T::Uint, divide),
        same("_%_", "modulo_int64", T::Int, modulo),
        same("_%_", "modulo_uint64", T::Uint, modulo),
        same("_*_", "multiply_double", T::Double, multiply),
        same("_*_", "multiply_int64", T::Int, multiply),
        same("_*_", "multiply_uint64", T::Uint, multiply),
        operator("-_", "negate_double", [T::Double], T::Double, negate),
        operator("-_", "negate_int64", [T::Int], T::Int, negate),
        same("_-_", "subtract_double", T::Double, subtract),
        same("_-_", "subtract_duration_duration", T::Duration, subtract),
        same("_-_", "subtract_int64", T::Int, subtract),
        operator(
            "_-_",
            "subtract_timestamp_duration",
            [T::Timestamp, T::Duration],
            T::Timestamp,
            subtract,
        ),
        operator(
            "_-_",
            "subtract_timestamp_timestamp",
            [T::Timestamp, T::Timestamp],
            T::Duration,
            subtract,
        ),
        same("_-_", "subtract_uint64", T::Uint, subtract),
    ]
}

/// `a + b`
pub(super) fn add<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [a, b] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => int(a.checked_add(*b)),
        (Value::Uint(a), Value::Uint(b)) => uint(a.checked_add(*b)),
        (Value::Double(a), Value::Double(b)) => Ok((a + b).into()),
        (Value::String(a), Value::String(b)) => Ok([&**a, &**b].concat().into()),
        (Value::Bytes(a), Value::Bytes(b)) => Ok(a.append(b).into()),
        (Value::Duration(a), Value::Duration(b)) => a.plus(*b).map(Value::from),
        (Value::Duration(a), Value::Timestamp(b)) => b.plus(*a).map(Value::from),
        (Value::Timestamp(a), Value::Duration(b)) => a.plus(*b).map(Value::from),
        (Value::List(a), Value::List(b)) => a.concat(b).map(Value::List),
        (
            Value::List(_) | Value::Double(_) | Value::Int(_) | Value::Uint(_) | Value::Bytes(_),
            _,
        ) => Err(Fault::NoSuchOverload),
        _ => Err(unknown("_+_", a)),
    }
}

/// `a - b`
fn subtract<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [a, b] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => int(a.checked_sub(*b)),
        (Value::Uint(a), Value::Uint(b)) => uint(a.checked_sub(*b)),
        (Value::Double(a), Value::Double(b)) => Ok((a - b).into()),
        (Value::Duration(a), Value::Duration(b)) => a.minus(*b).map(Value::from),
        (Value::Timestamp(a), Value::Duration(b)) => a.minus(*b).map(Value::from),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.since(*b).map(Value::from),
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), _) => Err(Fault::NoSuchOverload),
        _ => Err(unknown("_-_", a)),
    }
}

/// `a * b`
fn multiply<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [a, b] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    match (a, b) {
        (Value::Int(a), Value::Int(b)) => int(a.checked_mul(*b)),
        (Value::Uint(a), Value::Uint(b)) => uint(a.checked_mul(*b)),
        (Value::Double(a), Value::Double(b)) => Ok((a * b).into()),
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), _) => Err(Fault::NoSuchOverload),
        _ => Err(unknown("_*_", a)),
    }
}

/// `a / b`
fn divide<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [a, b] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    match (a, b) {
        (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => {
            Err(Fault::DivisionByZero)
        }
        (Value::Int(a), Value::Int(b)) => int(a.checked_div(*b)),
        (Value::Uint(a), Value::Uint(b)) => uint(a.checked_div(*b)),
        (Value::Double(a), Value::Double(b)) => Ok((a / b).into()),
        (Value::Int(_) | Value::Uint(_) | Value::Double(_), _) => Err(Fault::NoSuchOverload),
        _ => Err(unknown("_/_", a)),
    }
}

/// `a % b`
fn modulo<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [a, b] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    match (a, b) {
        (Value::Int(_), Value::Int(0)) | (Value::Uint(_), Value::Uint(0)) => {
            Err(Fault::ModulusByZero)
        }
        (Value::Int(a), Value::Int(b)) => int(a.checked_rem(*b)),
        (Value::Uint(a), Value::Uint(b)) => uint(a.checked_rem(*b)),
        (Value::Int(_) | Value::Uint(_), _) => Err(Fault::NoSuchOverload),
        _ => Err(unknown("_%_", a)),
    }
}

/// `-a`
fn negate<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::Int(a)] => int(a.checked_neg()),
        [Value::Double(a)] => Ok((-a).into()),
        [Value::Duration(a)] => a.negated().map(Value::from),
        [Value::Bool(_)] => Err(Fault::NoSuchOverload),
        [a] => Err(unknown("-_", a)),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn int<'a>(number: Option<i64>) -> Result<Value<'a>, Fault> {
    number.map(Value::from).ok_or(Fault::IntOverflow)
}

fn uint<'a>(number: Option<u64>) -> Result<Value<'a>, Fault> {
    number.map(Value::from).ok_or(Fault::UintOverflow)
}

/// The fault for an operator that a value does not have. Types of the libraries do not name it.
fn unknown(operator: &str, value: &Value<'_>) -> Fault {
    match value {
        Value::String(_) | Value::Timestamp(_) | Value::Duration(_) => Fault::NoSuchOverload,
        _ => Fault::NoSuchCall(operator.into()),
    }
}

/// The overloads of an ordering operator.
macro_rules! comparison {
    ($function:literal, $name:literal, $run:expr) => {
        [
            (concat!($name, "_bool"), T::Bool, T::Bool),
            (concat!($name, "_int64"), T::Int, T::Int),
            (concat!($name, "_int64_double"), T::Int, T::Double),
            (concat!($name, "_int64_uint64"), T::Int, T::Uint),
            (concat!($name, "_uint64"), T::Uint, T::Uint),
            (concat!($name, "_uint64_double"), T::Uint, T::Double),
            (concat!($name, "_uint64_int64"), T::Uint, T::Int),
            (concat!($name, "_double"), T::Double, T::Double),
            (concat!($name, "_double_int64"), T::Double, T::Int),
            (concat!($name, "_double_uint64"), T::Double, T::Uint),
            (concat!($name, "_string"), T::String, T::String),
            (concat!($name, "_bytes"), T::Bytes, T::Bytes),
            (concat!($name, "_timestamp"), T::Timestamp, T::Timestamp),
            (concat!($name, "_duration"), T::Duration, T::Duration),
        ]
        .map(|(id, a, b)| {
            let cost = match a {
                T::String | T::Bytes => Cost::COMPARE,
                _ => Cost::ONE,
            };
            operator($function, id, [a, b], T::Bool, $run).costs(cost)
        })
    };
}

fn order() -> Vec<Overload> {
    [
        comparison!("_<_", "less", |values| {
            order_of("_<_", values, Ordering::is_lt)
        }),
        comparison!("_<=_", "less_equals", |values| {
            order_of("_<=_", values, Ordering::is_le)
        }),
        comparison!("_>_", "greater", |values| {
            order_of("_>_", values, Ordering::is_gt)
        }),
        comparison!("_>=_", "greater_equals", |values| {
            order_of("_>=_", values, Ordering::is_ge)
        }),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Whether two values have the wanted order.
fn order_of<'a>(
    operator: &str,
    values: &[Value<'a>],
    is_wanted: fn(Ordering) -> bool,
) -> Result<Value<'a>, Fault> {
    match values {
        [a, b] if a.is_comparable() => a.compare(b).map(|order| is_wanted(order).into()),
        [a, _] => Err(unknown(operator, a)),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn collections() -> Vec<Overload> {
    vec![
        operator("_[_]", "index_list", [list(), T::Int], A, index),
        operator("_[_]", "index_map", [map(), A], B, index),
        operator("@in", "in_list", [A, list()], T::Bool, is_in).costs(Cost::IN_LIST),
        operator("@in", "in_map", [A, map()], T::Bool, is_in),
        operator("size", "size_bytes", [T::Bytes], T::Int, size),
        operator("size", "bytes_size", [T::Bytes], T::Int, size).on_receiver(),
        operator("size", "size_list", [list()], T::Int, size),
        operator("size", "list_size", [list()], T::Int, size).on_receiver(),
        operator("size", "size_map", [map()], T::Int, size),
        operator("size", "map_size", [map()], T::Int, size).on_receiver(),
        operator("size", "size_string", [T::String], T::Int, size),
        operator("size", "string_size", [T::String], T::Int, size).on_receiver(),
    ]
}

/// `container[key]`
fn index<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::List(list), key] => list.at(key)?.ok_or_else(|| list.no_index(key)),
        [Value::Map(map), key] => match map.get(key) {
            Some(value) => value,
            None => Err(Fault::NoSuchKey(key.to_string().into())),
        },
        [container, _] => Err(unknown("_[_]", container)),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// `item in container`
fn is_in<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [item, Value::List(list)] => list.contains(item).map(Value::from),
        [key, Value::Map(map)] => map.contains(key).map(Value::from),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn size<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [value] => match value.size() {
            Some(size) => Ok(i64::try_from(size).unwrap_or(i64::MAX).into()),
            None => Err(unknown("size", value)),
        },
        _ => Err(Fault::NoSuchOverload),
    }
}
