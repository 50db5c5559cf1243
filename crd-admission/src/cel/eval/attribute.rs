//! Variables, and what is selected of values.

use std::fmt::Display;

use super::{Bound, Evaluated, Evaluator, Stop, go_type};
use crate::cel::fault::Fault;
use crate::cel::plan::{Attribute, Key, Qualifier, Root, Slot};
use crate::cel::value::{List, Value};

/// What is selected: of a branch its own qualifiers, then those of what is around it.
#[derive(Clone, Copy)]
pub(super) struct Chain<'a, 's> {
    qualifiers: &'a [Qualifier],
    after: Option<&'s Chain<'a, 's>>,
}

impl Chain<'_, '_> {
    fn is_empty(&self) -> bool {
        self.qualifiers.is_empty() && self.after.is_none_or(Chain::is_empty)
    }
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
        let value = self.attempt(node)?;
        if let Some(bound) = self.slots.get_mut(slot) {
            *bound = Bound::Value(value.clone());
        }
        value.map_err(Stop::from)
    }

    /// Selects one after the other. From the first optional one on, what is missing is none.
    fn select(&mut self, object: Value<'a>, chain: Chain<'a, '_>) -> Evaluated<'a> {
        let (mut object, mut is_optional) = match object {
            Value::Optional(None) => return Ok(object),
            // The server goes on with what the value is without its schema.
            Value::Optional(Some(value)) => match unwrapped(&value) {
                held if chain.is_empty() => return Ok(Value::some_or_fault(held)),
                held => (held?, true),
            },
            other => (other, false),
        };
        let mut chain = Some(&chain);
        while let Some(Chain { qualifiers, after }) = chain {
            for qualifier in *qualifiers {
                is_optional |= qualifier.is_optional;
                object = if is_optional {
                    match self.select_if_present(&object, qualifier)? {
                        Some(value) => value,
                        None => return Ok(Value::Optional(None)),
                    }
                } else {
                    self.select_one(&object, qualifier)?
                };
            }
            chain = *after;
        }
        Ok(if is_optional {
            Value::some(object)
        } else {
            object
        })
    }

    /// Selects what has to be there. It is charged whether it is or not.
    fn select_one(&mut self, object: &Value<'a>, qualifier: &'a Qualifier) -> Evaluated<'a> {
        let key = match self.key(&qualifier.key) {
            Err(stop @ (Stop::CostLimit | Stop::Internal(_))) => return Err(stop),
            key => key,
        };
        let found = key.and_then(|key| {
            let found = look_up(object, &key)?;
            Ok((key, found))
        });
        self.charge(1)?;
        match found? {
            (_, found) if qualifier.is_test => Ok(Value::Bool(found.is_some())),
            (_, Some(value)) => Ok(value),
            (key, None) => Err(missing(object, &key).into()),
        }
    }

    /// Selects what may be there. It is charged if it is.
    fn select_if_present(
        &mut self,
        object: &Value<'a>,
        qualifier: &'a Qualifier,
    ) -> Result<Option<Value<'a>>, Stop> {
        let key = self.key(&qualifier.key)?;
        let found = look_up(object, &key)?;
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

/// The value of an optional as Go holds it: optionals within are unwrapped, too. There is no way
/// back for values of Kubernetes' types.
fn unwrapped<'a>(held: &Result<Value<'a>, Fault>) -> Result<Value<'a>, Fault> {
    let value = match held {
        Ok(value) => value,
        Err(fault) => return Err(no_conversion("*errors.errorString", fault)),
    };
    let go_type = match value {
        Value::Optional(Some(value)) => return unwrapped(value),
        Value::Optional(None) => return Ok(Value::Null),
        Value::Ip(_) => "netip.Addr",
        Value::Cidr(_) => "netip.Prefix",
        Value::Quantity(_) => "*resource.Quantity",
        Value::Semver(_) => "semver.Version",
        Value::Url(_) => "*url.URL",
        other => return Ok(other.clone().without_schema()),
    };
    Err(no_conversion(go_type, value))
}

#[cold]
fn no_conversion(go_type: &str, value: &dyn Display) -> Fault {
    Fault::text(format!(
        "unsupported conversion to ref.Val: ({go_type}){value}"
    ))
}

/// What a value has under a key, if anything.
fn look_up<'a>(object: &Value<'a>, key: &Value<'a>) -> Result<Option<Value<'a>>, Fault> {
    match object {
        Value::Map(map) => map.get(key).transpose(),
        Value::List(list) => {
            let index = index(key)?;
            let item = usize::try_from(index)
                .ok()
                .and_then(|index| list.get(index));
            match (list, key) {
                (List::Data(_), Value::Uint(_) | Value::Double(_)) if item.is_some() => {
                    Err(Fault::text(format!("unsupported index: {key}")))
                }
                _ => item.transpose(),
            }
        }
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
