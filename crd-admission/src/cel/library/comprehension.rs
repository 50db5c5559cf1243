//! The functions behind two-variable macros.

use super::{Map, Overload};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::{Entries, Value};

/// The compatibility version that added them.
const SINCE: u32 = 32;

pub(super) fn overloads() -> Vec<Overload> {
    let (key, value) = (T::Param("K"), T::Param("V"));
    let map = || T::map(key.clone(), value.clone());
    let function = "cel.@mapInsert";
    vec![
        Overload::new(
            function,
            "@mapInsert_map_key_value",
            [map(), key.clone(), value.clone()],
            map(),
            insert,
        )
        .since(SINCE),
        Overload::new(
            function,
            "@mapInsert_map_map",
            [map(), map()],
            map(),
            try_run!(|Map(map), Map(other)| insert_all(map, other)),
        )
        .since(SINCE),
    ]
}

fn insert<'a>(arguments: &[Value<'a>]) -> Result<Value<'a>, Fault> {
    let [Value::Map(map), key, value] = arguments else {
        return Err(Fault::NoSuchOverload);
    };
    let mut entries = map.to_entries()?;
    entries.insert_new(key, Ok(value.clone()))?;
    Ok(entries.into())
}

fn insert_all<'a>(map: &Map<'a>, other: &Map<'a>) -> Result<Entries<'a>, Fault> {
    let mut entries = map.to_entries()?;
    entries.insert_all_new(other)?;
    Ok(entries)
}
