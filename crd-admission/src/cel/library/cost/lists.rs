//! Costs of functions of lists.

use super::{
    Cost, Estimate, Operand, TRAVERSAL, Taken, actual, actual_size, as_double, as_u64, inner,
    multiplied, size, to_u64,
};
use crate::cel::range::{Range, scaled};
use crate::cel::types::Type;
use crate::cel::value::Value;

/// The cost of a list that a call creates.
const LIST_MADE: u64 = 10;

impl Cost {
    /// A search for a value in a list.
    pub(in super::super) const IN_LIST: Self = Self::overload(
        |operands| Estimate::of(size(operands, 1).scaled(1.0)),
        |arguments, _| inner(arguments, 1),
    );

    /// A concatenation of lists.
    pub(in super::super) const APPEND_LIST: Self = Self::overload(
        |operands| Estimate::sized(Range::ONE, size(operands, 0).plus(size(operands, 1))),
        |_, _| 1,
    );

    /// A traversal of a list or string.
    pub(in super::super) const TRAVERSE: Self = Self::named(
        |operands| Estimate::of(traversal(operands)),
        |arguments, _| arguments.first().map_or(0, traversed),
    );

    /// A search for each item of a list in another.
    pub(in super::super) const SETS: Self = Self::overload(
        |operands| Estimate::of(pairs(operands).scaled(1.0).plus(Range::ONE)),
        |arguments, _| actual_pairs(arguments).saturating_add(1),
    );

    /// A search for each item of two lists in the other.
    pub(in super::super) const SETS_BOTH: Self = Self::overload(
        |operands| Estimate::of(pairs(operands).scaled(2.0).plus(Range::ONE)),
        |arguments, _| actual_pairs(arguments).saturating_mul(2).saturating_add(1),
    );

    /// A slice of a list.
    pub(in super::super) const SLICE: Self = Self::overload(
        |operands| {
            let bound =
                |at: usize, other| operands.get(at).and_then(Operand::natural).unwrap_or(other);
            let (start, end) = (bound(1, 0), bound(2, size(operands, 0).max));
            list_of(1.0, Range::exactly(end.wrapping_sub(start)))
        },
        |_, value| list_charge(actual_size(value)),
    );

    /// A list of numbers.
    pub(in super::super) const RANGE: Self = Self::overload(
        |operands| {
            let count = operands.first().and_then(Operand::natural);
            list_of(1.0, Range::exactly(count.unwrap_or(u64::MAX)))
        },
        |_, value| list_charge(actual_size(value)),
    );

    /// A copy of a list.
    pub(in super::super) const REMAKE: Self = Self::overload(
        |operands| list_of(1.0, size(operands, 0)),
        |_, value| list_charge(actual_size(value)),
    );

    /// The same, with the depth as argument.
    pub(in super::super) const FLATTEN_DEEP: Self = Self {
        taken_for: Taken::Int,
        ..Self::FLATTEN
    };

    /// Flattens nested lists up to a depth.
    pub(in super::super) const FLATTEN: Self = Self::overload(
        |operands| {
            let depth = operands
                .get(1)
                .map_or(1, |depth| depth.natural().unwrap_or(u64::MAX));
            list_of(as_double(depth), size(operands, 0))
        },
        |arguments, _| {
            let depth = match arguments.get(1) {
                Some(Value::Int(depth)) => *depth,
                _ => 1,
            };
            let work = as_double(actual(arguments, 0)) * signed_double(depth);
            match depth {
                // This wraps around, as in Go.
                ..0 => to_negative(work).wrapping_add(LIST_MADE + 1),
                _ => list_charge(to_u64(work)),
            }
        },
    );

    /// A comparison of all pairs of items.
    pub(in super::super) const DISTINCT: Self = Self::comparison(
        |operands| {
            let size = size(operands, 0);
            list_of(2.0, size.times(size))
        },
        |arguments, _| self_comparison(arguments.first()),
    );

    /// Sorts a list of strings or byte strings.
    pub(in super::super) const SORT_TEXTS: Self = Self::comparison(
        |operands| {
            let size = operands.last().map_or(Range::UNKNOWN, Operand::size);
            list_of(2.0 + TRAVERSAL, size.times(size))
        },
        |arguments, _| self_comparison(arguments.last()),
    );

    /// Sorts a list.
    pub(in super::super) const SORT: Self = Self::comparison(
        |operands| {
            let size = operands.last().map_or(Range::UNKNOWN, Operand::size);
            list_of(2.0, size.times(size))
        },
        |arguments, _| self_comparison(arguments.last()),
    );

    /// Joins the strings of a list.
    pub(in super::super) const JOIN: Self = Self::named(
        |operands| {
            let size = joined(operands);
            Estimate::sized(size.scaled(TRAVERSAL), size)
        },
        |_, value| scaled(actual_size(value), 2.0 * TRAVERSAL),
    );
}

fn pairs(operands: &[Operand<'_>]) -> Range {
    size(operands, 0).times(size(operands, 1))
}

fn actual_pairs(arguments: &[Value<'_>]) -> u64 {
    actual(arguments, 0).saturating_mul(actual(arguments, 1))
}

/// A call that creates a list.
fn list_of(factor: f64, size: Range) -> Estimate {
    let made = Range::exactly(LIST_MADE + 1);
    Estimate::sized(size.scaled(factor).plus(made), size)
}

fn list_charge(work: u64) -> u64 {
    work.saturating_add(LIST_MADE + 1)
}

fn self_comparison(list: Option<&Value<'_>>) -> u64 {
    let Some(Value::List(list)) = list else {
        return list_charge(0);
    };
    let factor = match list.get(0) {
        Some(Ok(Value::String(_) | Value::Bytes(_))) => 2.0 + TRAVERSAL,
        _ => 2.0,
    };
    let size = as_u64(list.len());
    list_charge(multiplied(size.saturating_mul(size), factor))
}

fn traversal(operands: &[Operand<'_>]) -> Range {
    let Some(of) = operands.first() else {
        return Range::ZERO;
    };
    let Type::List(item) = of.ty else {
        return of.size().scaled(TRAVERSAL);
    };
    let each = match item.without_null() {
        Type::String | Type::Bytes => {
            let size = of.item_size.unwrap_or(Range::UNKNOWN);
            Range::ONE.plus(size.scaled(TRAVERSAL))
        }
        _ => Range::ONE,
    };
    of.size().times(each)
}

/// The size of everything in a value. Fractions of a character are free.
fn traversed(value: &Value<'_>) -> u64 {
    let entry = |value: Result<Value<'_>, _>| value.map_or(1, |value| traversed(&value));
    match value {
        Value::String(text) => multiplied(as_u64(text.len()), TRAVERSAL),
        Value::Bytes(bytes) => multiplied(as_u64(bytes.len()), TRAVERSAL),
        Value::List(list) => list.iter().map(entry).fold(0, u64::saturating_add),
        Value::Map(map) => map
            .lookups()
            .map(|(key, value)| traversed(&key).saturating_add(entry(value)))
            .fold(0, u64::saturating_add),
        _ => 1,
    }
}

fn joined(operands: &[Operand<'_>]) -> Range {
    let Some(list) = operands.first() else {
        return Range::ZERO;
    };
    let texts = match list.item_size() {
        Some(item_size) => list.size().times(item_size),
        None => Range::ZERO,
    };
    let Some(separator) = operands.get(1) else {
        return texts;
    };
    let Range { min, max } = list.size();
    let separators = Range::new(min.saturating_sub(1), max.saturating_sub(1));
    texts.plus(separator.size().times(separators))
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the API server computes with doubles"
)]
fn signed_double(amount: i64) -> f64 {
    amount as f64
}

/// Go's conversion of a negative number to an unsigned one on amd64.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast stops at the bounds"
)]
fn to_negative(amount: f64) -> u64 {
    (amount as i64).cast_unsigned()
}
