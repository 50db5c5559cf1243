//! Constant folding: computed before evaluation, at no cost.

use super::node::{Call, Choice, Entries, Items, Node, OneOf};
use crate::cel::eval::go_type;
use crate::cel::functions::Functions;
use crate::cel::value::{Entries as MapEntries, Key, Keys, List, Value};

/// A list of constants is constant.
pub(super) fn fold_list(list: Items) -> Node {
    let constants = list.items.iter().map(|(item, is_optional)| {
        let constant = item.as_constant().filter(|_| !is_optional);
        constant.cloned()
    });
    match constants.collect::<Option<Vec<_>>>() {
        Some(items) => Node::constant(Value::from(items)),
        None => Node::List(Box::new(list)),
    }
}

/// A map of constants is constant. The error says why it is invalid.
pub(super) fn fold_map(map: Entries) -> Result<Node, String> {
    let constants = map.entries.iter().map(|(key, value, is_optional)| {
        let entry = key.as_constant().zip(value.as_constant());
        entry.filter(|_| !is_optional)
    });
    let Some(constants) = constants.collect::<Option<Vec<_>>>() else {
        return Ok(Node::Map(Box::new(map)));
    };
    let mut entries = MapEntries::default();
    for (key, value) in constants {
        let inserted = entries.insert(key, Ok(value.clone()));
        inserted.map_err(|fault| fault.to_string())?;
    }
    Ok(Node::constant(Value::from(entries)))
}

/// Folds conversions of constants, and turns constant lists into sets for `in`.
pub(super) fn fold_call(call: Call, functions: &Functions) -> Result<Node, String> {
    let overload = |at: &usize| functions.get(*at);
    let function = match &call.choice {
        Choice::One(at) => overload(at).map(|overload| overload.function),
        Choice::First { overloads, .. } => overloads
            .first()
            .and_then(overload)
            .map(|overload| overload.function),
    };
    if let ([only], Some(function)) = (call.arguments.as_slice(), function)
        && let Some(value) = only.as_constant()
        && CONVERSIONS.contains(&function)
    {
        let value = call.choice.call(functions, std::slice::from_ref(value));
        return value.map(Node::constant).map_err(|fault| fault.to_string());
    }
    let is_in_list = matches!(&call.choice, Choice::One(at)
        if overload(at).is_some_and(|overload| overload.id == "in_list"));
    if is_in_list
        && let [_, Node::Constant(Value::List(list))] = call.arguments.as_slice()
        && let Some(choices) = choices(list)
    {
        return Ok(one_of(call, choices));
    }
    Ok(Node::Call(Box::new(call)))
}

/// Functions that convert to another type.
const CONVERSIONS: [&str; 10] = [
    "bool",
    "bytes",
    "double",
    "duration",
    "dyn",
    "int",
    "string",
    "timestamp",
    "type",
    "uint",
];

/// A constant that is a valid key.
pub(super) fn key(value: Value<'static>) -> Result<Value<'static>, String> {
    match value {
        Value::String(_) | Value::Int(_) | Value::Uint(_) | Value::Bool(_) | Value::Double(_) => {
            Ok(value)
        }
        other => Err(format!("invalid qualifier type: {}", go_type(&other))),
    }
}

/// The items of a list as keys, numbers in each number type; `None` if some cannot be keys.
fn choices(list: &List<'static>) -> Option<Keys<'static>> {
    let mut choices = Keys::default();
    for item in list.iter() {
        let item = item.ok()?;
        match item {
            Value::Bool(_)
            | Value::String(_)
            | Value::Int(_)
            | Value::Uint(_)
            | Value::Double(_) => {
                choices.extend(Key::alternatives(&item).ok()?);
                choices.extend(as_double(&item).map(Key::Double));
            }
            _ => return None,
        }
    }
    Some(choices)
}

/// The double nearest to an integer.
#[expect(clippy::cast_precision_loss, reason = "the API server loses it, too")]
fn as_double(number: &Value<'_>) -> Option<f64> {
    match *number {
        Value::Int(number) => Some(number as f64),
        Value::Uint(number) => Some(number as f64),
        _ => None,
    }
}

fn one_of(mut call: Call, choices: Keys<'static>) -> Node {
    if choices.is_empty() {
        return Node::Constant(Value::Bool(false));
    }
    let value = call.arguments.swap_remove(0);
    Node::OneOf(Box::new(OneOf { value, choices }))
}
