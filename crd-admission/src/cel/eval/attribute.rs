//! Variables, and selections from values.

use super::{Bound, Evaluated, Evaluator, Stop, go_type};
use crate::cel::fault::Fault;
use crate::cel::plan::{Attribute, Key, Qualifier, Root, Slot};
use crate::cel::value::{Entries, Item, List, Value, remade};

/// The qualifiers to select: a branch's own, then those of the enclosing attribute.
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

    /// Applies the qualifiers in order. After the first optional one, a missing value gives
    /// `optional.none()`.
    fn select(&mut self, object: Value<'a>, chain: Chain<'a, '_>) -> Evaluated<'a> {
        let (mut found, mut is_optional) = match object {
            Value::Optional(None) => return Ok(object),
            // The server continues with the value without its schema.
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

    /// Selects a required value. It is charged even if it is missing.
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

    /// Selects an optional value. It is charged only if present.
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

/// A value bound to a name: the server copies an empty list or map. (Appending to its list is
/// visible through all references to it; ours is not shared.)
fn named(value: Value<'_>) -> Value<'_> {
    match value {
        Value::List(list) if list.len() == 0 => Vec::<Item<'_>>::new().into(),
        Value::Map(map) if map.len() == 0 => Entries::default().into(),
        other => other,
    }
}

/// The value under a key, if any. An item that is a fault is only found when it is used.
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

/// The list index for a number.
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

/// The integer with the value of a double.
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

/// The fault for a missing key.
#[cold]
fn missing(object: &Value<'_>, key: &Value<'_>) -> Fault {
    match object {
        Value::List(_) => Fault::text(format!("index out of bounds: {key}")),
        _ => Fault::NoSuchKey(key.to_string().into()),
    }
}
