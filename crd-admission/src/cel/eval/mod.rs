//! Evaluates an expression, and counts its cost.
//!
//! A step costs what the API server charges, at the same moment: a variable or field 1, a constant
//! nothing, a call what the library says. A call is charged even if it fails, unless it was not
//! reached. Evaluation stops as soon as the limit is exceeded.

mod attribute;
mod fold;
mod go_type;

use std::collections::BTreeMap;
use std::fmt;

use super::fault::Fault;
use super::functions::Functions;
use super::message::{Fields, Message};
use super::plan::{Call, Choice, Entries, Items, Made, Node, OneOf, Plan, Root};
use super::value::{Entries as MapEntries, Item, Key, Keys, Value, remade};
pub(super) use go_type::go_type;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Fault(Fault),
    /// It exceeds the cost limit.
    CostLimit,
}

/// Why the evaluation of a part stopped.
enum Stop {
    /// The part has no value; the enclosing expression may have one.
    Fault(Fault),
    /// The expression exceeds the cost limit.
    CostLimit,
    /// The expression fails, because the server's code panics.
    Internal(Box<str>),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::CostLimit => Self::CostLimit,
            Fault::Internal(what) => Self::Internal(what),
            other => Self::Fault(other),
        }
    }
}

impl From<Stop> for Failure {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => Self::Fault(fault),
            Stop::CostLimit => Self::CostLimit,
            Stop::Internal(what) => Self::Fault(Fault::Internal(what)),
        }
    }
}

/// The result of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Outcome<'a> {
    pub(crate) value: Result<Value<'a>, Failure>,
    pub(crate) cost: u64,
}

/// Evaluates a plan with values for its variables, up to a cost of `limit`.
pub(super) fn evaluate<'a>(
    plan: &'a Plan,
    variables: impl IntoIterator<Item = Result<Value<'a>, Fault>>,
    limit: u64,
) -> Outcome<'a> {
    let mut slots = Vec::with_capacity(plan.slots);
    slots.extend(variables.into_iter().map(Bound::Value));
    slots.resize_with(plan.slots, || Bound::Value(Ok(Value::Null)));
    let mut evaluator = Evaluator {
        functions: &plan.functions,
        slots,
        memories: BTreeMap::new(),
        cost: 0,
        limit,
    };
    let value = evaluator.node(&plan.root).map_err(Failure::from);
    Outcome {
        value,
        cost: evaluator.cost,
    }
}

type Evaluated<'a> = Result<Value<'a>, Stop>;

/// The value of a variable.
enum Bound<'a> {
    Value(Result<Value<'a>, Fault>),
    /// Computed on first use.
    Later(&'a Node),
}

struct Evaluator<'a> {
    functions: &'a Functions,
    slots: Vec<Bound<'a>>,
    /// Byte-string constants, copied for this evaluation.
    memories: BTreeMap<*const Value<'static>, Value<'a>>,
    cost: u64,
    limit: u64,
}

/// The cost of a list literal.
const LIST: u64 = 10;
/// The cost of a map literal.
const MAP: u64 = 30;
/// The cost of a message literal.
const MESSAGE: u64 = 40;

impl<'a> Evaluator<'a> {
    fn charge(&mut self, cost: u64) -> Result<(), Stop> {
        // As in Go: flattening a list to a negative depth makes a call cheaper.
        self.cost = self.cost.wrapping_add(cost);
        if self.cost > self.limit {
            return Err(Stop::CostLimit);
        }
        Ok(())
    }

    /// Charges for steps that cost 1 each, up to the first that exceeds the limit.
    fn charge_steps(&mut self, steps: u64) -> Result<(), Stop> {
        let to_limit = self.limit.saturating_sub(self.cost);
        self.charge(steps.min(to_limit.saturating_add(1)))
    }

    fn node(&mut self, node: &'a Node) -> Evaluated<'a> {
        match node {
            Node::Constant(value) => Ok(value.clone()),
            Node::Memory(value) => Ok(self.own(value)),
            Node::Attribute(attribute) => {
                let value = self.resolve(attribute, None);
                let is_conditional = matches!(attribute.root, Root::Conditional(_));
                self.charge_after(&value, u64::from(!is_conditional))?;
                value
            }
            Node::Has(attribute) => {
                let value = self.resolve(attribute, None);
                if matches!(attribute.root, Root::Conditional(_)) {
                    // For the test the server subtracts a cost that it never charged for the
                    // branch.
                    self.cost = self.cost.saturating_sub(1);
                }
                Ok(match value? {
                    Value::Optional(value) => Value::Bool(value.is_some()),
                    other => other,
                })
            }
            Node::All(terms) => self.logic(terms, false),
            Node::Any(terms) => self.logic(terms, true),
            Node::Call(call) => self.call(call),
            Node::OneOf(one_of) => self.one_of(one_of),
            Node::Or(sides) => self.or(sides, false),
            Node::OrValue(sides) => self.or(sides, true),
            Node::List(list) => {
                let value = self.list(list);
                self.charge_after(&value, LIST)?;
                value
            }
            Node::Map(map) => {
                let value = self.map(map);
                self.charge_after(&value, MAP)?;
                value
            }
            Node::Message(made) => {
                let value = self.message(made);
                self.charge_after(&value, MESSAGE)?;
                value
            }
            Node::Fold(fold) => self.fold(fold),
        }
    }

    /// A constant with byte strings: concurrent evaluations have their own copies.
    fn own(&mut self, constant: &'a Value<'static>) -> Value<'a> {
        let own = self.memories.entry(constant);
        own.or_insert_with(|| constant.apart()).clone()
    }

    /// Charges for a step, with or without a value, unless evaluation stops.
    fn charge_after(&mut self, value: &Evaluated<'a>, cost: u64) -> Result<(), Stop> {
        match value {
            Err(Stop::CostLimit | Stop::Internal(_)) => Ok(()),
            Ok(_) | Err(Stop::Fault(_)) => self.charge(cost),
        }
    }

    /// A value or a fault; an error if evaluation stops.
    fn attempt(&mut self, node: &'a Node) -> Result<Result<Value<'a>, Fault>, Stop> {
        match self.node(node) {
            Ok(value) => Ok(Ok(value)),
            Err(Stop::Fault(fault)) => Ok(Err(fault)),
            Err(stop) => Err(stop),
        }
    }

    /// `&&` and `||`: a deciding term overrides earlier faults.
    fn logic(&mut self, terms: &'a [Node], decides: bool) -> Evaluated<'a> {
        let mut first = None;
        for term in terms {
            let fault = match self.attempt(term)? {
                Ok(Value::Bool(value)) if value == decides => return Ok(Value::Bool(decides)),
                Ok(Value::Bool(_)) => continue,
                Ok(_) => Fault::NoSuchOverload,
                Err(fault) => fault,
            };
            first.get_or_insert(fault);
        }
        match first {
            Some(fault) => Err(fault.into()),
            None => Ok(Value::Bool(!decides)),
        }
    }

    fn call(&mut self, call: &'a Call) -> Evaluated<'a> {
        match call.arguments.as_slice() {
            [] => self.run(call, &[]),
            [only] => {
                let only = self.attempt(only)?;
                let mistaken = self.mistaken(call, &only);
                let mut fault = None;
                let values = [or_null(only, &mut fault)];
                self.run_unless(mistaken, fault, call, &values)
            }
            [first, second] => {
                let first = self.attempt(first)?;
                if let (Err(fault), true) = (&first, call.is_sequential) {
                    return Err(fault.clone().into());
                }
                let second = self.attempt(second)?;
                let mistaken = self.mistaken(call, &second);
                let mut fault = None;
                let values = [or_null(first, &mut fault), or_null(second, &mut fault)];
                self.run_unless(mistaken, fault, call, &values)
            }
            all => {
                let mut values = Vec::with_capacity(all.len());
                for (at, argument) in all.iter().enumerate() {
                    match self.attempt(argument)? {
                        Ok(value) => values.push(value),
                        Err(fault) => {
                            // The last argument was reached, and so was the call.
                            if at + 1 == all.len() {
                                values.push(Value::Null);
                                self.charge_call(call, &values, &Value::Null)?;
                            }
                            return Err(fault.into());
                        }
                    }
                }
                self.run(call, &values)
            }
        }
    }

    /// Runs a call, unless the server fails to cast an argument or an argument was a fault.
    fn run_unless(
        &mut self,
        mistaken: Option<Fault>,
        fault: Option<Fault>,
        call: &'a Call,
        arguments: &[Value<'a>],
    ) -> Evaluated<'a> {
        if let Some(mistaken) = mistaken {
            return Err(mistaken.into());
        }
        match fault {
            None => self.run(call, arguments),
            Some(fault) => {
                self.charge_call(call, arguments, &Value::Null)?;
                Err(fault.into())
            }
        }
    }

    fn run(&mut self, call: &'a Call, arguments: &[Value<'a>]) -> Evaluated<'a> {
        let value = match &call.regex {
            Some((regex, pattern)) => match arguments {
                // The server uses the Go string of any value that has one.
                [text @ (Value::Optional(_) | Value::Type(_)), rest @ ..] => {
                    let text = remade(&Ok(text.clone())).unwrap_or(Value::Null);
                    (pattern.run)(regex, &[&[text], rest].concat())
                }
                _ => (pattern.run)(regex, arguments),
            },
            None => call.choice.call(self.functions, arguments),
        };
        if let Err(Fault::Internal(what)) = value {
            return Err(Stop::Internal(what));
        }
        self.charge_call(call, arguments, value.as_ref().unwrap_or(&Value::Null))?;
        value.map_err(Stop::from)
    }

    /// The server's failure when it casts the last argument of a call to a wrong type.
    fn mistaken(&self, call: &Call, argument: &Item<'a>) -> Option<Fault> {
        match call.choice {
            Choice::One(at) => self.functions.get(at)?.cost.taken_for.fault(argument),
            Choice::First { .. } => None,
        }
    }

    fn charge_call(
        &mut self,
        call: &Call,
        arguments: &[Value<'a>],
        value: &Value<'a>,
    ) -> Result<(), Stop> {
        let overload = |at: &usize| self.functions.get(*at);
        let cost = match &call.choice {
            Choice::One(at) => overload(at).map(|overload| overload.cost.charge),
            Choice::First { overloads, .. } => {
                let first = overloads.first().and_then(overload);
                first.map(|overload| overload.cost.charge_by_name)
            }
        };
        let cost = cost.map_or(1, |charge| charge(arguments, value));
        self.charge(cost)
    }

    fn one_of(&mut self, one_of: &'a OneOf) -> Evaluated<'a> {
        let value = self.node(&one_of.value)?;
        let choices: &Keys<'a> = &one_of.choices;
        Ok(Value::Bool(choices.contains(&Key::new(&value)?)))
    }

    /// `a.or(b)` and `a.orValue(b)`: a value that is not optional is returned.
    fn or(&mut self, [left, right]: &'a [Node; 2], unwrap: bool) -> Evaluated<'a> {
        match self.node(left)? {
            Value::Optional(None) => self.node(right),
            Value::Optional(Some(value)) if unwrap => Ok((*value).clone()?),
            other => Ok(other),
        }
    }

    fn list(&mut self, list: &'a Items) -> Evaluated<'a> {
        let mut items = Vec::with_capacity(list.items.len());
        for (item, is_optional) in &list.items {
            let value = self.node(item)?;
            if !is_optional {
                items.push(Ok(value));
                continue;
            }
            match value {
                Value::Optional(None) => {}
                // The server does not check whether it is an error.
                Value::Optional(Some(item)) => items.push((*item).clone()),
                other => {
                    return Err(Fault::text(format!(
                        "cannot initialize optional list element from non-optional value {other}"
                    ))
                    .into());
                }
            }
        }
        Ok(Value::from(items))
    }

    fn map(&mut self, map: &'a Entries) -> Evaluated<'a> {
        let mut entries = MapEntries::default();
        for (key, value, is_optional) in &map.entries {
            let key = self.node(key)?;
            let value = self.node(value)?;
            if !is_optional {
                entries.insert(&key, Ok(value))?;
                continue;
            }
            match unwrapped(&key, value)? {
                Some(item) => entries.insert(&key, item)?,
                None => entries.remove(&key)?,
            }
        }
        Ok(Value::from(entries))
    }

    fn message(&mut self, made: &'a Made) -> Evaluated<'a> {
        let mut fields = Fields::default();
        for (name, value, is_optional) in &made.fields {
            let value = self.node(value)?;
            let item = if *is_optional {
                unwrapped(name, value)?
            } else {
                Some(Ok(value))
            };
            fields.set(name, item);
        }
        Ok(Message::make(&made.name, &fields)?)
    }
}

/// The value of an argument; null for a fault, of which the first is kept.
fn or_null<'a>(argument: Item<'a>, first: &mut Option<Fault>) -> Value<'a> {
    argument.unwrap_or_else(|fault| {
        first.get_or_insert(fault);
        Value::Null
    })
}

/// The value of an optional entry or field, if the optional has one.
fn unwrapped<'a>(name: &impl fmt::Display, value: Value<'a>) -> Result<Option<Item<'a>>, Fault> {
    match value {
        Value::Optional(None) => Ok(None),
        Value::Optional(Some(item)) => Ok(Some((*item).clone())),
        other => {
            let text = format!(
                "cannot initialize optional entry '{name}' from non-optional value {other}"
            );
            Err(Fault::text(text))
        }
    }
}
