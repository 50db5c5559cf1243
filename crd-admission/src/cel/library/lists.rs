//! Kubernetes' functions of lists.

use std::cmp::Ordering;

use super::{Cost, List, Overload, Run};
use crate::cel::fault::Fault;
use crate::cel::time::Duration;
use crate::cel::types::Type as T;
use crate::cel::value::Value;

const A: T = T::Param("A");

/// Overloads for lists of ordered types.
macro_rules! of_comparable {
    ($function:literal, $before:literal, $after:literal, $bool:ident, $run:expr) => {
        [
            of_comparable!(@ $function, $before, "int", $after, $bool, T::Int, $run),
            of_comparable!(@ $function, $before, "uint", $after, $bool, T::Uint, $run),
            of_comparable!(@ $function, $before, "double", $after, $bool, T::Double, $run),
            of_comparable!(@ $function, $before, "bool", $after, $bool, T::Bool, $run),
            of_comparable!(@ $function, $before, "duration", $after, $bool, T::Duration, $run),
            of_comparable!(@ $function, $before, "timestamp", $after, $bool, T::Timestamp, $run),
            of_comparable!(@ $function, $before, "string", $after, $bool, T::String, $run),
            of_comparable!(@ $function, $before, "bytes", $after, $bool, T::Bytes, $run),
        ]
    };
    (@ $function:literal, $before:literal, $name:literal, $after:literal, is_bool, $ty:expr, $run:expr) => {
        Overload::member($function, concat!($before, $name, $after), [T::list($ty)], T::Bool, $run)
    };
    (@ $function:literal, $before:literal, $name:literal, $after:literal, is_item, $ty:expr, $run:expr) => {
        Overload::member($function, concat!($before, $name, $after, $name), [T::list($ty)], $ty, $run)
    };
}

pub(super) fn overloads() -> Vec<Overload> {
    let mut overloads = Vec::new();
    overloads.extend(of_comparable!(
        "isSorted",
        "list_",
        "_is_sorted_bool",
        is_bool,
        try_run!(|List(list)| is_sorted(list))
    ));
    overloads.extend(sums());
    overloads.extend(of_comparable!(
        "max",
        "list_",
        "_max_",
        is_item,
        try_run!(|List(list)| extreme("max", list, Ordering::Less))
    ));
    overloads.extend(of_comparable!(
        "min",
        "list_",
        "_min_",
        is_item,
        try_run!(|List(list)| extreme("min", list, Ordering::Greater))
    ));
    overloads.push(Overload::member(
        "indexOf",
        "list_a_index_of_int",
        [T::list(A), A],
        T::Int,
        index_of,
    ));
    overloads.push(Overload::member(
        "lastIndexOf",
        "list_a_last_index_of_int",
        [T::list(A), A],
        T::Int,
        last_index_of,
    ));
    overloads
        .into_iter()
        .map(|overload| overload.costs(Cost::TRAVERSE))
        .collect()
}

fn sums() -> [Overload; 4] {
    let sum = |id, ty: T, run: Run| Overload::member("sum", id, [T::list(ty.clone())], ty, run);
    [
        sum(
            "list_int_sum_int",
            T::Int,
            try_run!(|List(list)| sum_of(list, Value::Int(0))),
        ),
        sum(
            "list_uint_sum_uint",
            T::Uint,
            try_run!(|List(list)| sum_of(list, Value::Uint(0))),
        ),
        sum(
            "list_double_sum_double",
            T::Double,
            try_run!(|List(list)| sum_of(list, Value::Double(0.0))),
        ),
        sum(
            "list_duration_sum_duration",
            T::Duration,
            try_run!(|List(list)| sum_of(list, Value::Duration(Duration::new(0)))),
        ),
    ]
}

fn is_sorted(list: &List<'_>) -> Result<bool, Fault> {
    let mut previous: Option<Value<'_>> = None;
    for item in list.iter() {
        let item = comparable(item?)?;
        // Items that cannot be compared count as ordered.
        let is_after = |previous: &Value<'_>| previous.compare(&item) == Ok(Ordering::Greater);
        if previous.as_ref().is_some_and(is_after) {
            return Ok(false);
        }
        previous = Some(item);
    }
    Ok(true)
}

fn comparable(item: Value<'_>) -> Result<Value<'_>, Fault> {
    let is_comparable = item.is_comparable();
    is_comparable.then_some(item).ok_or(Fault::NoSuchOverload)
}

fn sum_of<'a>(list: &List<'a>, zero: Value<'a>) -> Result<Value<'a>, Fault> {
    list.iter()
        .try_fold(zero, |sum, item| super::operators::add(&[sum, item?]))
}

/// The first item with no other before it in one direction. Items that cannot be compared are
/// ignored.
fn extreme<'a>(name: &str, list: &List<'a>, worse: Ordering) -> Result<Value<'a>, Fault> {
    let mut best: Option<Value<'a>> = None;
    for item in list.iter() {
        let item = comparable(item?)?;
        match &best {
            Some(best) if best.compare(&item) != Ok(worse) => {}
            _ => best = Some(item),
        }
    }
    best.ok_or_else(|| Fault::text(format!("{name} called on empty list")))
}

fn index_of<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [Value::List(list), item] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    Ok(position(list.iter().position(|other| is_same(other, item))))
}

fn last_index_of<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [Value::List(list), item] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    Ok(position(
        list.iter().rposition(|other| is_same(other, item)),
    ))
}

fn is_same<'a>(other: Result<Value<'a>, Fault>, item: &Value<'a>) -> bool {
    other.is_ok_and(|other| other.same(item) == Ok(true))
}

/// The index, or -1.
fn position<'a>(index: Option<usize>) -> Value<'a> {
    index
        .and_then(|index| i64::try_from(index).ok())
        .unwrap_or(-1)
        .into()
}
