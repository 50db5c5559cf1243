//! Optional values.

use super::{List, Overload};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::{Item, Value};

const V: T = T::Param("V");
const K: T = T::Param("K");
/// The compatibility version that added them.
const SINCE: u32 = 28;
/// The first version of the server whose cel-go has those of lists.
const LISTS_SINCE: u32 = 33;

pub(super) fn overloads() -> Vec<Overload> {
    let overloads = values().into_iter().chain(look_ups());
    let lists = lists()
        .into_iter()
        .map(|overload| overload.since_server(LISTS_SINCE));
    let all = overloads.chain(lists);
    all.map(|overload| overload.since(SINCE)).collect()
}

fn optional() -> T {
    T::optional(V)
}

fn list() -> T {
    T::list(V)
}

fn map() -> T {
    T::map(K, V)
}

fn values() -> Vec<Overload> {
    vec![
        Overload::new("optional.of", "optional_of", [V], optional(), of),
        Overload::new(
            "optional.ofNonZeroValue",
            "optional_ofNonZeroValue",
            [V],
            optional(),
            of_non_zero,
        ),
        Overload::new("optional.none", "optional_none", [], optional(), none),
        Overload::member(
            "value",
            "optional_value",
            [optional()],
            V,
            try_run!(|Optional(value)| unwrapped(value.as_deref())),
        ),
        Overload::member(
            "hasValue",
            "optional_hasValue",
            [optional()],
            T::Bool,
            run!(|Optional(value)| value.is_some()),
        ),
        Overload::member(
            "or",
            "optional_or_optional",
            [optional(), optional()],
            optional(),
            or,
        ),
        Overload::member(
            "orValue",
            "optional_orValue_value",
            [optional(), V],
            V,
            or_value,
        ),
    ]
}

fn look_ups() -> Vec<Overload> {
    vec![
        Overload::new(
            "_?._",
            "select_optional_field",
            [T::Dyn, T::String],
            optional(),
            look_up,
        )
        .operator(),
        Overload::new(
            "_[?_]",
            "list_optindex_optional_int",
            [list(), T::Int],
            optional(),
            look_up,
        )
        .operator(),
        Overload::new(
            "_[?_]",
            "optional_list_optindex_optional_int",
            [T::optional(list()), T::Int],
            optional(),
            look_up,
        )
        .operator(),
        Overload::new(
            "_[?_]",
            "map_optindex_optional_value",
            [map(), K],
            optional(),
            look_up,
        )
        .operator(),
        Overload::new(
            "_[?_]",
            "optional_map_optindex_optional_value",
            [T::optional(map()), K],
            optional(),
            look_up,
        )
        .operator(),
        Overload::new(
            "_[_]",
            "optional_list_index_int",
            [T::optional(list()), T::Int],
            optional(),
            look_up,
        )
        .operator(),
        Overload::new(
            "_[_]",
            "optional_map_index_value",
            [T::optional(map()), K],
            optional(),
            look_up,
        )
        .operator(),
    ]
}

fn lists() -> Vec<Overload> {
    vec![
        Overload::member(
            "last",
            "list_last",
            [list()],
            optional(),
            run!(|List(list)| end(list, list.len().checked_sub(1))),
        ),
        Overload::member(
            "first",
            "list_first",
            [list()],
            optional(),
            run!(|List(list)| end(list, Some(0))),
        ),
        Overload::new(
            "optional.unwrap",
            "optional_unwrap",
            [T::list(optional())],
            list(),
            try_run!(|List(list)| unwrap(list)),
        ),
        Overload::member(
            "unwrapOpt",
            "optional_unwrapOpt",
            [T::list(optional())],
            list(),
            try_run!(|List(list)| unwrap(list)),
        ),
    ]
}

fn of<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [value] => Ok(Value::some(value.clone())),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn of_non_zero<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [value] if value.is_zero() => Ok(Value::Optional(None)),
        arguments => of(arguments),
    }
}

#[expect(clippy::unnecessary_wraps, reason = "all functions have this form")]
fn none<'a>(_: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    Ok(Value::Optional(None))
}

fn unwrapped<'a>(value: Option<&Result<Value<'a>, Fault>>) -> Result<Value<'a>, Fault> {
    let none = || Err(Fault::text("optional.none() dereference"));
    value.cloned().unwrap_or_else(none)
}

fn or<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::Optional(None), other @ Value::Optional(_)] => Ok(other.clone()),
        [value @ Value::Optional(Some(_)), _] => Ok(value.clone()),
        _ => Err(Fault::NoSuchOverload),
    }
}

fn or_value<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::Optional(None), other] => Ok(other.clone()),
        [Value::Optional(Some(value)), _] => (**value).clone(),
        _ => Err(Fault::NoSuchOverload),
    }
}

/// The value under a key of a list or map, or of an optional one.
fn look_up<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let found = match arguments {
        [Value::Optional(None), _] => None,
        [Value::Optional(Some(within)), key] => {
            return look_up(&[(**within).clone()?, key.clone()]);
        }
        [Value::List(list), key] => list.at(key)?,
        [Value::Map(map), key] => map.get(key).transpose()?,
        _ => return Err(Fault::NoSuchOverload),
    };
    Ok(found.map_or(Value::Optional(None), Value::some))
}

fn end<'a>(list: &List<'a>, index: Option<usize>) -> Value<'a> {
    let item = index.and_then(|index| list.get(index));
    item.map_or(Value::Optional(None), Value::some_or_fault)
}

fn unwrap<'a>(list: &List<'a>) -> Result<Vec<Item<'a>>, Fault> {
    let mut values = Vec::new();
    for item in list.iter() {
        match item? {
            Value::Optional(Some(value)) => values.push((*value).clone()),
            Value::Optional(None) => {}
            other => return Err(Fault::text(format!("value {other} is not optional"))),
        }
    }
    Ok(values)
}
