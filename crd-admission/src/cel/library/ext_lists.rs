//! The extended functions of lists.

use std::cmp::Ordering;

use super::{Cost, List, Overload};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::Value;

const LIST_ITEM: T = T::Param("T");
/// The environment that brought them.
const SINCE: u32 = 34;

/// `sort` and the function behind the macro `sortBy`, for a type that has an order.
macro_rules! sorts {
    ($($name:literal, $ty:expr, $cost:expr;)*) => {
        [$(
            Overload::member(
                "sort",
                concat!("list_", $name, "_sort"),
                [T::list($ty)],
                T::list($ty),
                sort,
            )
            .costs($cost)
            .operator(),
            Overload::member(
                "@sortByAssociatedKeys",
                concat!("list_", $name, "_sortByAssociatedKeys"),
                [list(), T::list($ty)],
                list(),
                sort_by,
            )
            .costs($cost)
            .operator(),
        )*]
    };
}

pub(super) fn overloads() -> Vec<Overload> {
    let mut overloads = vec![
        Overload::member(
            "slice",
            "list_slice",
            [list(), T::Int, T::Int],
            list(),
            try_run!(|List(list), Int(start), Int(end)| slice(list, *start, *end)),
        )
        .costs(Cost::SLICE),
        Overload::member(
            "flatten",
            "list_flatten",
            [T::list(list())],
            list(),
            try_run!(|List(list)| flatten(list, 1)),
        )
        .costs(Cost::FLATTEN)
        .operator(),
        Overload::member(
            "flatten",
            "list_flatten_int",
            [T::list(T::Dyn), T::Int],
            T::list(T::Dyn),
            try_run!(|List(list), Int(depth)| flatten(list, *depth)),
        )
        .costs(Cost::FLATTEN)
        .operator(),
        Overload::new(
            "lists.range",
            "lists_range",
            [T::Int],
            T::list(T::Int),
            try_run!(|Int(count)| range(*count)),
        )
        .costs(Cost::RANGE),
        Overload::member(
            "reverse",
            "list_reverse",
            [list()],
            list(),
            try_run!(|List(list)| reverse(list)),
        )
        .costs(Cost::REMAKE),
        Overload::member(
            "distinct",
            "list_distinct",
            [list()],
            list(),
            try_run!(|List(list)| distinct(list)),
        )
        .costs(Cost::DISTINCT),
    ];
    overloads.extend(sorts! {
        "int", T::Int, Cost::SORT;
        "uint", T::Uint, Cost::SORT;
        "double", T::Double, Cost::SORT;
        "bool", T::Bool, Cost::SORT;
        "google.protobuf.Duration", T::Duration, Cost::SORT;
        "google.protobuf.Timestamp", T::Timestamp, Cost::SORT;
        "string", T::String, Cost::SORT_TEXTS;
        "bytes", T::Bytes, Cost::SORT_TEXTS;
    });
    overloads
        .into_iter()
        .map(|overload| overload.since(SINCE))
        .collect()
}

fn list() -> T {
    T::list(LIST_ITEM)
}

fn slice<'a>(list: &List<'a>, start: i64, end: i64) -> Result<Vec<Value<'a>>, Fault> {
    let refused = |reason: &str| {
        Err(Fault::text(format!(
            "cannot slice({start}, {end}), {reason}"
        )))
    };
    let (Ok(skipped), Ok(taken)) = (usize::try_from(start), usize::try_from(end)) else {
        return refused("negative indexes not supported");
    };
    if start > end {
        return refused("start index must be less than or equal to end index");
    }
    if taken > list.len() {
        return refused(&format!("list is length {}", list.len()));
    }
    list.iter().take(taken).skip(skipped).collect()
}

fn flatten<'a>(list: &List<'a>, depth: i64) -> Result<Vec<Value<'a>>, Fault> {
    if depth < 0 {
        return Err(Fault::text("level must be non-negative"));
    }
    let mut flat = Vec::new();
    // Lists that are being gone through, with what is left of them, the innermost last.
    let mut open: Vec<_> = vec![list.to_vec()?.into_iter()];
    while let Some(items) = open.last_mut() {
        match items.next() {
            None => {
                open.pop();
            }
            Some(Value::List(list)) if i64::try_from(open.len()).is_ok_and(|at| at <= depth) => {
                open.push(list.to_vec()?.into_iter());
            }
            Some(item) => flat.push(item),
        }
    }
    Ok(flat)
}

/// More items than this cost more than any rule may.
const MAX_RANGE: i64 = 10_000_000;

/// `[0, 1, ...]`
fn range<'a>(count: i64) -> Result<Vec<Value<'a>>, Fault> {
    if count > MAX_RANGE {
        return Err(Fault::CostLimit);
    }
    Ok((0..count).map(Value::from).collect())
}

fn reverse<'a>(list: &List<'a>) -> Result<Vec<Value<'a>>, Fault> {
    list.iter().rev().collect()
}

fn distinct<'a>(list: &List<'a>) -> Result<Vec<Value<'a>>, Fault> {
    let mut distinct: Vec<Value<'a>> = Vec::new();
    for item in list.iter() {
        let item = item?;
        if !distinct.iter().any(|other| item.same(other) == Ok(true)) {
            distinct.push(item);
        }
    }
    Ok(distinct)
}

fn sort<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::List(list)] => sorted(list, list),
        [Value::String(_) | Value::Timestamp(_) | Value::Duration(_)] => Err(Fault::NoSuchOverload),
        _ => Err(Fault::NoSuchCall("sort".into())),
    }
}

fn sort_by<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    match arguments {
        [Value::List(list), Value::List(keys)] => sorted(list, keys),
        _ => Err(Fault::NoSuchCall("@sortByAssociatedKeys".into())),
    }
}

/// A list in the order of keys, of which each item has one.
fn sorted<'a>(list: &List<'a>, keys: &List<'a>) -> Result<Value<'a>, Fault> {
    if list.len() != keys.len() {
        return Err(Fault::text(format!(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys \
             list, but got {} and {} elements respectively",
            list.len(),
            keys.len()
        )));
    }
    let keys = keys.to_vec()?;
    let Some(first) = keys.first() else {
        return Ok(Value::List(list.clone()));
    };
    if !first.is_comparable() {
        return Err(Fault::text("list elements must be comparable"));
    }
    if keys.iter().any(|key| key.type_name() != first.type_name()) {
        return Err(Fault::text("list elements must have the same type"));
    }
    let mut items: Vec<_> = list.to_vec()?.into_iter().zip(keys).collect();
    items.sort_by(|(_, a), (_, b)| a.compare(b).unwrap_or(Ordering::Equal));
    Ok(items
        .into_iter()
        .map(|(item, _)| item)
        .collect::<Vec<_>>()
        .into())
}
