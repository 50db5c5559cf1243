//! What the macros of two variables call.

use std::collections::BTreeMap;

use super::{Map, Overload};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::{Key, Value};

/// The environment that brought them.
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
    insert_new(&mut entries, key, value.clone())?;
    Ok(entries.into())
}

fn insert_all<'a>(map: &Map<'a>, other: &Map<'a>) -> Result<BTreeMap<Key<'a>, Value<'a>>, Fault> {
    let mut entries = map.to_entries()?;
    for (key, value) in other.entries() {
        insert_new(&mut entries, &key, value?)?;
    }
    Ok(entries)
}

/// Adds an entry to those of a map that is being made; a key that is there is a fault.
pub(crate) fn insert_new<'a>(
    entries: &mut BTreeMap<Key<'a>, Value<'a>>,
    key: &Value<'a>,
    value: Value<'a>,
) -> Result<(), Fault> {
    if Key::alternatives(key).any(|key| entries.contains_key(&key)) {
        return Err(Fault::text(format!(
            "insert failed: key {key} already exists"
        )));
    }
    let key = Key::new(key).ok_or_else(|| Fault::text("unsupported key type"))?;
    entries.insert(key, value);
    Ok(())
}
