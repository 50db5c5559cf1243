//! Lists as sets.

use super::{Cost, List, Overload};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::Value;

/// The compatibility version that added them.
const SINCE: u32 = 29;

pub(super) fn overloads() -> Vec<Overload> {
    let list = || T::list(T::Param("T"));
    let of_two = |function, id, run, cost| {
        Overload::new(function, id, [list(), list()], T::Bool, run)
            .costs(cost)
            .since(SINCE)
    };
    vec![
        of_two(
            "sets.contains",
            "list_sets_contains_list",
            try_run!(|List(a), List(b)| contains(a, b)),
            Cost::SETS,
        ),
        of_two(
            "sets.equivalent",
            "list_sets_equivalent_list",
            try_run!(|List(a), List(b)| equivalent(a, b)),
            Cost::SETS_BOTH,
        ),
        of_two(
            "sets.intersects",
            "list_sets_intersects_list",
            run!(|List(a), List(b)| intersects(a, b)),
            Cost::SETS,
        ),
    ]
}

fn contains<'a>(list: &List<'a>, part: &List<'a>) -> Result<bool, Fault> {
    for item in part.iter() {
        if !has(list, item)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether a list contains an item. A computed list never contains a fault.
fn has<'a>(list: &List<'a>, item: Result<Value<'a>, Fault>) -> Result<bool, Fault> {
    match (list, item) {
        (_, Ok(item)) => list.contains(&item),
        (List::Json(_) | List::Made(_), Err(_)) => Ok(false),
        (List::Data(_) | List::Joined(_), Err(fault)) => Err(fault),
    }
}

fn equivalent<'a>(a: &List<'a>, b: &List<'a>) -> Result<bool, Fault> {
    Ok(contains(a, b)? && contains(b, a)?)
}

/// Items that cannot be compared are not equal.
fn intersects<'a>(a: &List<'a>, b: &List<'a>) -> bool {
    for item in a.iter() {
        if has(b, item) == Ok(true) {
            return true;
        }
    }
    false
}
