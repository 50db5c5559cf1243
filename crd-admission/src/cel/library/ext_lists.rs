//! The `lists` extension of cel-go.

use std::cmp::Ordering;

use super::{Cost, List, Overload};
use crate::cel::fault::Fault;
use crate::cel::go;
use crate::cel::types::Type as T;
use crate::cel::value::{Item, Value};

const LIST_ITEM: T = T::Param("T");
/// The compatibility version that added them.
const SINCE: u32 = 34;

/// `sort` and the function behind the macro `sortBy`, for an ordered type.
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
            flatten,
        )
        .costs(Cost::FLATTEN)
        .operator(),
        Overload::member(
            "flatten",
            "list_flatten_int",
            [T::list(T::Dyn), T::Int],
            T::list(T::Dyn),
            flatten,
        )
        .costs(Cost::FLATTEN_DEEP)
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
            run!(|List(list)| reverse(list)),
        )
        .costs(Cost::REMAKE),
        Overload::member(
            "distinct",
            "list_distinct",
            [list()],
            list(),
            run!(|List(list)| distinct(list)),
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

fn slice<'a>(list: &List<'a>, start: i64, end: i64) -> Result<Vec<Item<'a>>, Fault> {
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
    Ok(list.iter().take(taken).skip(skipped).collect())
}

fn flatten<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let (list, depth) = match arguments {
        [Value::List(list)] => (list, 1),
        [Value::List(list), Value::Int(depth)] => (list, *depth),
        [receiver, rest @ ..] => {
            let receiver = receiver.type_text();
            let rest = rest.first().map_or("", Value::type_text);
            let call = format!("{receiver}.flatten({rest})");
            return Err(Fault::NoSuchCall(call.into()));
        }
        [] => return Err(Fault::NoSuchOverload),
    };
    flattened(list, depth).map(Value::from)
}

fn flattened<'a>(list: &List<'a>, depth: i64) -> Result<Vec<Item<'a>>, Fault> {
    if depth < 0 {
        return Err(Fault::text("level must be non-negative"));
    }
    let mut flat = Vec::new();
    // The remaining items of the lists being traversed, the innermost ones last.
    let items = |list: &List<'a>| list.iter().collect::<Vec<_>>().into_iter();
    let mut open = vec![items(list)];
    while let Some(left) = open.last_mut() {
        match left.next() {
            None => {
                open.pop();
            }
            Some(Ok(Value::List(list)))
                if i64::try_from(open.len()).is_ok_and(|at| at <= depth) =>
            {
                open.push(items(&list));
            }
            Some(item) => flat.push(item),
        }
    }
    Ok(flat)
}

/// A longer list exceeds any cost limit.
const MAX_RANGE: i64 = 10_000_000;

/// `[0, 1, ...]`
fn range<'a>(count: i64) -> Result<Vec<Value<'a>>, Fault> {
    if count > MAX_RANGE {
        return Err(Fault::CostLimit);
    }
    Ok((0..count).map(Value::from).collect())
}

fn reverse<'a>(list: &List<'a>) -> Vec<Item<'a>> {
    list.iter().rev().collect()
}

fn distinct<'a>(list: &List<'a>) -> Value<'a> {
    if list.len() == 0 {
        return Value::List(list.clone());
    }
    let mut distinct: Vec<Item<'a>> = Vec::new();
    for item in list.iter() {
        let is_known = item.as_ref().is_ok_and(|item| {
            let mut known = distinct.iter().flatten();
            known.any(|other| item.same(other) == Ok(true))
        });
        if !is_known {
            distinct.push(item);
        }
    }
    distinct.into()
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

/// A list, sorted by a key for each item.
fn sorted<'a>(list: &List<'a>, keys: &List<'a>) -> Result<Value<'a>, Fault> {
    if list.len() != keys.len() {
        return Err(Fault::text(format!(
            "@sortByAssociatedKeys() expected a list of the same size as the associated keys \
             list, but got {} and {} elements respectively",
            list.len(),
            keys.len()
        )));
    }
    let Some(first) = keys.get(0) else {
        return Ok(Value::List(list.clone()));
    };
    let Some(first) = first.ok().filter(Value::is_comparable) else {
        return Err(Fault::text("list elements must be comparable"));
    };
    let is_alike = |key: &Value<'a>| key.type_name() == first.type_name();
    let keys = keys.iter().map(|key| key.ok().filter(is_alike));
    let Some(keys) = keys.collect::<Option<Vec<_>>>() else {
        return Err(Fault::text("list elements must have the same type"));
    };
    let mut items: Vec<_> = list.iter().zip(keys).collect();
    go::sort(&mut items, |(_, a), (_, b)| {
        a.compare(b) == Ok(Ordering::Less)
    });
    Ok(items
        .into_iter()
        .map(|(item, _)| item)
        .collect::<Vec<_>>()
        .into())
}
