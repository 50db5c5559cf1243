//! Variables, and what is selected of values.

use super::{Bound, Evaluated, Evaluator, Stop, go_type};
use crate::cel::fault::Fault;
use crate::cel::plan::{Attribute, Key, Qualifier, Root, Slot};
use crate::cel::value::{Entries, Item, List, Value, remade};

/// What is selected: of a branch its own qualifiers, then those of what is around it.
#[derive(Clone, Copy)]
pub(super) struct Chain<'a, 's> {
    qualifiers: &'a [Qualifier],
    after: Option<&'s Chain<'a, 's>>,
}

impl<'a> Evaluator<'a> {
    /// The value of an attribute, followed by further qualifiers.
    pub(super) fn resolve(
        &mut self,
        attribute: &'a Attribute,
        after: Option<&Chain<'a, '_>>,
    ) -> Evaluated<'a> {
        let chain = Chain {
            qualifiers: &attribute.qualifiers,
            after,
        };
        let object = match &attribute.root {
            Root::Variable(slot) => self.variable(*slot)?,
            Root::Operand(node) => self.node(node)?,
            Root::Conditional(conditional) => {
                let branch = match self.node(&conditional.condition)? {
                    Value::Bool(true) => &conditional.then,
                    Value::Bool(false) => &conditional.otherwise,
                    _ => return Err(Fault::NoSuchOverload.into()),
                };
                return self.resolve(branch, Some(&chain));
            }
        };
        self.select(object, chain)
    }

    fn variable(&mut self, slot: Slot) -> Evaluated<'a> {
        let node = match self.slots.get(slot) {
            Some(Bound::Value(value)) => return value.clone().map_err(Stop::from),
            Some(Bound::Later(node)) => *node,
            None => return Err(Fault::NoSuchOverload.into()),
        };
        let value = self.attempt(node)?.map(named);
        if let Some(bound) = self.slots.get_mut(slot) {
            *bound = Bound::Value(value.clone());
        }
        value.map_err(Stop::from)
    }

    /// Selects one after the other. From the first optional one on, what is missing is none.
    fn select(&mut self, object: Value<'a>, chain: Chain<'a, '_>) -> Evaluated<'a> {
        let (mut found, mut is_optional) = match object {
            Value::Optional(None) => return Ok(object),
            // The server goes on with what the value is without its schema.
            Value::Optional(Some(item)) => (remade(&item), true),
            other => (Ok(other), false),
        };
        let mut chain = Some(&chain);
        while let Some(Chain { qualifiers, after }) = chain {
            for qualifier in *qualifiers {
                is_optional |= qualifier.is_optional;
                found = if is_optional {
                    match self.select_if_present(found, qualifier)? {
                        Some(item) => item,
                        None => return Ok(Value::Optional(None)),
                    }
                } else {
                    self.select_one(found, qualifier)?
                };
            }
            chain = *after;
        }
        if is_optional {
            return Ok(Value::some_or_fault(found));
        }
        Ok(found?)
    }

    /// Selects what has to be there. It is charged whether it is or not.
    fn select_one(&mut self, object: Item<'a>, qualifier: &'a Qualifier) -> Result<Item<'a>, Stop> {
        let key = match self.key(&qualifier.key) {
            Err(stop @ (Stop::CostLimit | Stop::Internal(_))) => return Err(stop),
            key => key,
        };
        let found = key.and_then(|key| {
            let object = object?;
            let found = look_up(&object, &key)?;
            Ok((object, key, found))
        });
        self.charge(1)?;
        match found? {
            (.., found) if qualifier.is_test => Ok(Ok(Value::Bool(found.is_some()))),
            (.., Some(item)) => Ok(item),
            (object, key, None) => Err(missing(&object, &key).into()),
        }
    }

    /// Selects what may be there. It is charged if it is.
    fn select_if_present(
        &mut self,
        object: Item<'a>,
        qualifier: &'a Qualifier,
    ) -> Result<Option<Item<'a>>, Stop> {
        let key = self.key(&qualifier.key)?;
        let found = look_up(&object?, &key)?;
        if found.is_some() {
            self.charge(1)?;
        }
        Ok(found)
    }

    fn key(&mut self, key: &'a Key) -> Evaluated<'a> {
        match key {
            Key::Constant(value) => Ok(value.clone()),
            Key::Attribute(attribute) => {
                let value = self.resolve(attribute, None)?;
                match value {
                    Value::String(_)
                    | Value::Int(_)
                    | Value::Uint(_)
                    | Value::Bool(_)
                    | Value::Double(_) => Ok(value),
                    other => {
                        let found = go_type(&other);
                        Err(Fault::text(format!("invalid qualifier type: {found}")).into())
                    }
                }
            }
        }
    }
}

/// A value that gets a name: the server makes an empty list or map anew. (Its list even grows in
/// place when something is added to it, which all that see it see; ours does not.)
fn named(value: Value<'_>) -> Value<'_> {
    match value {
        Value::List(list) if list.len() == 0 => Vec::<Item<'_>>::new().into(),
        Value::Map(map) if map.len() == 0 => Entries::default().into(),
        other => other,
    }
}

/// What a value has under a key, if anything. That an item of a list is an error is not found
/// until it is looked at.
fn look_up<'a>(object: &Value<'a>, key: &Value<'a>) -> Result<Option<Item<'a>>, Fault> {
    match object {
        Value::Map(map) => Ok(map.get(key).transpose()?.map(Ok)),
        Value::List(list) => {
            let index = index(key)?;
            let item = usize::try_from(index)
                .ok()
                .and_then(|index| list.get(index));
            Ok(match (list, key) {
                (List::Data(_), Value::Uint(_) | Value::Double(_)) if item.is_some() => {
                    Some(Err(Fault::text(format!("unsupported index: {key}"))))
                }
                _ => item,
            })
        }
        Value::Empty(_) => Err(match key {
            Value::String(field) => Fault::text(format!("no such field '{}'", &**field)),
            _ => Fault::NoSuchOverload,
        }),
        _ => Ok(None),
    }
}

/// The index that a number is.
fn index(key: &Value<'_>) -> Result<i64, Fault> {
    let whole = match *key {
        Value::Int(number) => return Ok(number),
        Value::Uint(number) => i64::try_from(number).ok(),
        Value::Double(number) => whole(number),
        _ => {
            let text = format!("unsupported index type '{}' in list", key.type_name());
            return Err(Fault::text(text));
        }
    };
    whole.ok_or_else(|| Fault::text(format!("unsupported index value {key} in list")))
}

/// The integer that a double is.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "the cast stops at the bounds, and its result is compared with what it was made of"
)]
fn whole(number: f64) -> Option<i64> {
    let integer = number as i64;
    (integer as f64 == number).then_some(integer)
}

/// Why there is nothing under a key.
#[cold]
fn missing(object: &Value<'_>, key: &Value<'_>) -> Fault {
    match object {
        Value::List(_) => Fault::text(format!("index out of bounds: {key}")),
        _ => Fault::NoSuchKey(key.to_string().into()),
    }
}
