//! Compares every overload with the API server's own code.
//!
//! Recorded calls are in `tests/functions.jsonl`, from the program in `tests/oracle/functions`.
//! `CEL_FUNCTIONS` names another file of such calls.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value as Json;

use super::*;
use crate::cel::library::cost::Operand;
use crate::cel::range::Range;
use crate::cel::time::{Duration, Timestamp, Zone};
use crate::cel::value::{Bytes, Entries, Key, Text};

/// A call and its result.
#[derive(Deserialize)]
struct Recorded {
    overload: String,
    arguments: Vec<Json>,
    #[serde(default)]
    value: Json,
    error: Option<String>,
    cost: u64,
    types: Vec<String>,
    sizes: Vec<Option<(u64, u64)>>,
    #[serde(rename = "itemSizes")]
    item_sizes: Vec<Option<(u64, u64)>>,
    estimate: (u64, u64),
}

#[cfg(feature = "time-zones")]
#[test]
fn functions_are_those_of_the_api_server() {
    let path = std::env::var("CEL_FUNCTIONS").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/tests/functions.jsonl").to_owned()
    });
    let calls = std::fs::read_to_string(path).expect("the recorded calls");
    let overloads = overloads();
    let mut differences = Vec::new();
    for line in calls.lines() {
        let recorded: Recorded = serde_json::from_str(line).expect("a recorded call");
        let overload = overloads
            .iter()
            .find(|overload| overload.id == recorded.overload)
            .unwrap_or_else(|| panic!("no overload {}", recorded.overload));
        let arguments: Vec<_> = recorded.arguments.iter().map(value).collect();
        let result = overload.call(&arguments);
        let expected = match recorded.error.clone() {
            Some(error) => Err(error),
            None => Ok(value(&recorded.value)),
        };
        let cost = result.as_ref().unwrap_or(&Value::Null);
        let cost = (overload.cost.charge)(&arguments, cost);
        let result = result.map_err(|fault| fault.to_string());
        let estimate = estimate(overload, &recorded);
        if text(&result) != text(&expected)
            || cost != recorded.cost
            || estimate != recorded.estimate
        {
            differences.push(format!(
                "{}({})\n  want {} for {} of {:?}\n  have {} for {cost} of {estimate:?}",
                overload.id,
                arguments
                    .iter()
                    .map(|a| format!("{a:?}"))
                    .collect::<Vec<_>>()
                    .join(", "),
                text(&expected),
                recorded.cost,
                recorded.estimate,
                text(&result),
            ));
        }
    }
    let count = differences.len();
    assert!(
        count == 0,
        "{count} differences:\n{}",
        differences.join("\n")
    );
}

/// The estimated cost for arguments of the recorded sizes.
fn estimate(overload: &Overload, recorded: &Recorded) -> (u64, u64) {
    let range = |bounds: &Option<(u64, u64)>| bounds.map(|(min, max)| Range::new(min, max));
    let params = overload.params.iter().zip(&recorded.types);
    let types: Vec<_> = params
        .map(|(param, name)| argument_type(param, name))
        .collect();
    let sizes = recorded.sizes.iter().zip(&recorded.item_sizes);
    let operand = |(ty, (size, item_size))| Operand {
        ty,
        size: range(size),
        item_size: range(item_size),
        literal: None,
    };
    let operands: Vec<_> = types.iter().zip(sizes).map(operand).collect();
    let cost = (overload.cost.estimate)(&operands).cost;
    (cost.min, cost.max)
}

/// The type of an argument, as far as it matters for costs.
fn argument_type(param: &Type, name: &str) -> Type {
    match name.strip_prefix("list(") {
        Some("string)") => Type::list(Type::String),
        Some("bytes)") => Type::list(Type::Bytes),
        _ => param.clone(),
    }
}

/// A text that is different for different values.
fn text(result: &Result<Value<'_>, String>) -> String {
    match result {
        Err(error) => format!("error {error}"),
        Ok(value) => shown(value),
    }
}

fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Double(number) if number.is_nan() => "NaN".to_owned(),
        Value::Timestamp(time) => {
            let (seconds, nanos, offset) = (time.seconds, time.nanos, time.zone.offset());
            format!("timestamp({seconds}.{nanos:09} {offset})")
        }
        Value::List(list) => {
            let items: Vec<_> = list
                .iter()
                .map(|item| shown(&item.expect("an item")))
                .collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(map) => {
            let entry = |(key, value): (Value<'_>, Result<Value<'_>, Fault>)| {
                format!("{}: {}", shown(&key), shown(&value.expect("an entry")))
            };
            let entries: Vec<_> = map.entries().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        Value::Optional(Some(value)) => match &**value {
            Ok(value) => format!("optional({})", shown(value)),
            Err(fault) => format!("optional({fault})"),
        },
        Value::String(text) => format!("{:?}", &**text),
        Value::Bytes(bytes) => format!("{:?}", bytes.to_vec()),
        Value::Quantity(_) | Value::Semver(_) | Value::Url(_) => {
            format!("{} {value}", value.type_name())
        }
        other => format!("{other:?}"),
    }
}

/// Decodes a typed value.
fn value(json: &Json) -> Value<'static> {
    let (kind, of) = match json {
        Json::Null => return Value::Null,
        Json::Bool(value) => return Value::Bool(*value),
        Json::String(text) => return Value::from(text.clone()),
        Json::Array(items) => return items.iter().map(value).collect::<Vec<_>>().into(),
        Json::Object(fields) => fields.iter().next().expect("a type"),
        Json::Number(_) => panic!("a number has a type"),
    };
    let made = |id: &str, arguments: &[Value<'static>]| {
        let overloads = overloads();
        let overload = overloads.iter().find(|overload| overload.id == id);
        overload.expect(id).call(arguments).expect(id)
    };
    let text = || Value::from(of.as_str().expect("a text").to_owned());
    match kind.as_str() {
        "int" => Value::Int(of.as_i64().expect("an int")),
        "uint" => Value::Uint(of.as_u64().expect("a uint")),
        "double" => {
            let bits = u64::from_str_radix(of.as_str().expect("bits"), 16);
            Value::Double(f64::from_bits(bits.expect("bits")))
        }
        "bytes" => {
            let digits = of.as_str().expect("bytes").as_bytes();
            let byte = |pair: &[u8]| {
                let pair = std::str::from_utf8(pair).expect("digits");
                u8::from_str_radix(pair, 16).expect("digits")
            };
            Bytes::from(digits.chunks(2).map(byte).collect::<Vec<_>>()).into()
        }
        "timestamp" => {
            let parts: (i64, u32, i32) = serde_json::from_value(of.clone()).expect("a timestamp");
            let (seconds, nanos, offset) = parts;
            Value::Timestamp(Timestamp {
                seconds,
                nanos,
                zone: Zone::east(offset),
            })
        }
        "duration" => Value::Duration(Duration::new(of.as_i64().expect("nanoseconds"))),
        "optional" => match of.get(0) {
            Some(of) => Value::some(value(of)),
            None => Value::Optional(None),
        },
        "map" => {
            let entries: Vec<(Json, Json)> = serde_json::from_value(of.clone()).expect("entries");
            let entry =
                |(key, of): &(Json, Json)| (Key::new(&value(key)).expect("a key"), Ok(value(of)));
            entries.iter().map(entry).collect::<Entries<'_>>().into()
        }
        "ip" => made("string_to_ip", &[text()]),
        "cidr" => made("string_to_cidr", &[text()]),
        "url" => made("string_to_url", &[text()]),
        "quantity" => made("string_to_quantity", &[text()]),
        "semver" => made("string_to_semver", &[text()]),
        "format" => format(of.as_str().expect("a name")),
        other => panic!("no type {other}"),
    }
}

/// The format `name`.
fn format(name: &str) -> Value<'static> {
    let overloads = overloads();
    let functions = overloads
        .iter()
        .filter(|overload| overload.function.starts_with("format."));
    let mut formats = functions.filter_map(|function| function.call(&[]).ok());
    formats
        .find(|value| matches!(value, Value::Format(format) if format.name == name))
        .expect("a format")
}

/// The signature of an overload.
#[derive(Debug, Deserialize, PartialEq, PartialOrd, Eq, Ord)]
struct Declared {
    function: String,
    overload: String,
    member: bool,
    types: Vec<String>,
    result: String,
}

#[test]
fn overloads_are_declared_as_by_the_api_server() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/declarations.jsonl");
    let lines = std::fs::read_to_string(path).expect("the recorded declarations");
    let read = |line| serde_json::from_str(line).expect("a declaration");
    let mut expected: Vec<Declared> = lines.lines().map(read).collect();
    let declared = |overload: &Overload| Declared {
        function: overload.function.into(),
        overload: overload.id.into(),
        member: overload.member,
        types: overload.params.iter().map(ToString::to_string).collect(),
        result: overload.result.to_string(),
    };
    let mut found: Vec<_> = overloads().iter().map(declared).collect();
    expected.sort();
    found.sort();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}

proptest::proptest! {
    /// For any texts, a function returns a value or a fault.
    #[test]
    fn texts_are_no_harm(a in "\\PC{0,24}|[-0-9a-z.:%/@\\[\\]{}()*+?|^$ ]{0,24}", b in "\\PC{0,8}", n in -3_i64..30) {
        for overload in overloads() {
            let texts = [&a, &b].into_iter().cycle();
            let arguments: Option<Vec<_>> = overload.params.iter().zip(texts).map(|(param, text)| {
                Some(match param {
                    Type::String => Value::from(text.as_str()),
                    Type::Int => Value::Int(n),
                    Type::Bool => Value::Bool(n > 0),
                    _ => return None,
                })
            }).collect();
            if let Some(arguments) = arguments {
                let value = overload.call(&arguments).unwrap_or(Value::Null);
                let _ = (overload.cost.charge)(&arguments, &value);
            }
        }
    }
}

#[test]
fn overloads_have_names_of_their_own() {
    let mut ids: Vec<_> = overloads().iter().map(|overload| overload.id).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn a_call_is_refused_for_values_of_other_types() {
    let overloads = overloads();
    let find = |id: &str| {
        overloads
            .iter()
            .find(|overload| overload.id == id)
            .expect("there")
    };
    let call = |id: &str, arguments: &[Value<'static>]| find(id).call(arguments).map(|_| ());
    let no_such = |call: &str| Err(Fault::NoSuchCall(call.into()));
    let (int, text) = (Value::Int(1), Value::from("a"));
    let both = [int.clone(), text.clone()];
    assert_eq!(
        call("string_char_at_int", &both),
        no_such("charAt(int, string)")
    );
    assert_eq!(call("add_int64", &both), Err(Fault::NoSuchOverload));
    assert_eq!(
        call("add_int64", &[Value::Bool(true), int.clone()]),
        no_such("_+_")
    );
    assert_eq!(
        call("subtract_int64", &[text.clone(), int.clone()]),
        Err(Fault::NoSuchOverload)
    );
    let list = Value::from(vec![text]);
    assert_eq!(call("list_int_sum_int", &[list]), no_such("sum(list)"));
    let shared = Value::String(Text::Made(Arc::from("a")));
    let candidates: Vec<_> = overloads
        .iter()
        .filter(|o| o.function == "indexOf")
        .collect();
    let found = call_first("indexOf", &candidates, &[shared.clone(), shared]);
    assert!(matches!(found, Ok(Value::Int(0))));
}
