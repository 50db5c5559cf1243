//! What a call costs: estimated when a rule is compiled, charged when it runs.

use crate::cel::range::{Range, scaled};
use crate::cel::types::{Opaque, Type};
use crate::cel::value::Value;

/// Of a character or byte that a call looks at.
const TRAVERSAL: f64 = 0.1;
/// Of a character of a regular expression.
const REGEX: f64 = 0.25;
/// Of a list that a call makes.
const LIST_MADE: u64 = 10;

/// What is known of an argument before a rule runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand<'t> {
    pub(crate) ty: &'t Type,
    /// Its size, computed from the expression or given by the schema.
    pub(crate) size: Option<Range>,
    /// The size of a list's items, as the schema gives it.
    pub(crate) item_size: Option<Range>,
    /// The value of a literal.
    pub(crate) literal: Option<&'t Value<'static>>,
}

impl Operand<'_> {
    fn size(&self) -> Range {
        self.size.unwrap_or(Range::UNKNOWN)
    }

    /// The size of a list's items; nothing of other types.
    fn item_size(&self) -> Option<Range> {
        let is_list = matches!(self.ty, Type::List(_));
        is_list.then(|| self.item_size.unwrap_or(Range::UNKNOWN))
    }

    /// The value of a literal integer, at least zero.
    fn natural(&self) -> Option<u64> {
        match self.literal {
            Some(Value::Int(number)) => Some(u64::try_from(*number).unwrap_or(0)),
            _ => None,
        }
    }
}

/// What is known of a call before a rule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    /// Without the cost of its arguments.
    pub(crate) cost: Range,
    /// The size of its value.
    pub(crate) size: Option<Range>,
}

impl Estimate {
    /// Of a call whose value has no size to be known.
    const fn of(cost: Range) -> Self {
        Self { cost, size: None }
    }

    const fn sized(cost: Range, size: Range) -> Self {
        let size = Some(size);
        Self { cost, size }
    }
}

/// What a call costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// From what is known of the arguments, the receiver first.
    pub(crate) estimate: fn(&[Operand<'_>]) -> Estimate,
    /// From the arguments and the value.
    pub(crate) charge: Charge,
    /// The same for a call of which only the function is known, not the overload.
    pub(crate) charge_by_name: Charge,
}

/// Computes what a call costs from its arguments and its value.
type Charge = fn(&[Value<'_>], &Value<'_>) -> u64;

impl Cost {
    /// Of functions that the API server knows by their names.
    const fn named(estimate: fn(&[Operand<'_>]) -> Estimate, charge: Charge) -> Self {
        Self {
            estimate,
            charge,
            charge_by_name: charge,
        }
    }

    /// Of overloads that cel-go knows: unless one is known, a call costs 1.
    const fn overload(estimate: fn(&[Operand<'_>]) -> Estimate, charge: Charge) -> Self {
        Self {
            estimate,
            charge,
            charge_by_name: |_, _| 1,
        }
    }

    /// The same for all arguments.
    pub(super) const ONE: Self = Self::overload(|_| Estimate::of(Range::ONE), |_, _| 1);

    /// The text is read once.
    pub(super) const READ: Self = Self::named(
        |operands| Estimate::of(size(operands, 0).scaled(TRAVERSAL)),
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// The text is read twice.
    pub(super) const READ_TWICE: Self = Self::named(
        |operands| Estimate::of(size(operands, 0).scaled(2.0 * TRAVERSAL)),
        |arguments, _| read(arguments, 0, 2.0),
    );

    /// The text is read once; what is made of it is as long.
    pub(super) const TRANSFORM: Self = Self::named(
        |operands| {
            let size = size(operands, 0);
            Estimate::sized(size.scaled(TRAVERSAL), size)
        },
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// A prefix or suffix is compared: estimated by its length, charged by that of the text.
    pub(super) const AFFIX: Self = Self::overload(
        |operands| Estimate::of(size(operands, 1).scaled(TRAVERSAL)),
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// Every character becomes up to four bytes.
    pub(super) const ENCODE: Self = Self::overload(
        |operands| {
            let size = size(operands, 0);
            // The product wraps around, as Go's does.
            let bytes = Range::new(size.min, size.max.wrapping_mul(4));
            Estimate::sized(size.scaled(TRAVERSAL), bytes)
        },
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// Up to four bytes become a character.
    pub(super) const DECODE: Self = Self::overload(
        |operands| {
            let size = size(operands, 0);
            let characters = Range::new(size.min / 4, size.max);
            Estimate::sized(size.scaled(TRAVERSAL), characters)
        },
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// Every character may be escaped, and there are quotes.
    pub(super) const QUOTE: Self = Self::overload(
        |operands| {
            let size = size(operands, 0);
            // These wrap around, as Go's do.
            let quoted = |size: u64, factor| size.wrapping_mul(factor).wrapping_add(2);
            let quoted = Range::new(quoted(size.min, 1), quoted(size.max, 2));
            Estimate::sized(size.scaled(TRAVERSAL), quoted)
        },
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// Two texts are put together.
    pub(super) const APPEND: Self = Self::overload(
        |operands| {
            let size = size(operands, 0).plus(size(operands, 1));
            Estimate::sized(size.scaled(TRAVERSAL), size)
        },
        |arguments, _| {
            let sizes = actual(arguments, 0).saturating_add(actual(arguments, 1));
            scaled(sizes, TRAVERSAL)
        },
    );

    /// Two lists are put together.
    pub(super) const APPEND_LIST: Self = Self::overload(
        |operands| Estimate::sized(Range::ONE, size(operands, 0).plus(size(operands, 1))),
        |_, _| 1,
    );

    /// Two values are compared as far as the shorter goes.
    pub(super) const COMPARE: Self = Self::overload(
        |operands| Estimate::of(comparison(operands)),
        |arguments, _| {
            let shorter = inner(arguments, 0).min(inner(arguments, 1));
            scaled(shorter, TRAVERSAL)
        },
    );

    /// Two values are compared, those of Kubernetes' types at once.
    pub(super) const EQUAL: Self = Self::named(
        |operands| Estimate::of(equality(operands)),
        |arguments, value| match arguments.first() {
            Some(
                Value::Quantity(_)
                | Value::Ip(_)
                | Value::Cidr(_)
                | Value::Format(_)
                | Value::Url(_)
                | Value::Semver(_),
            ) => 1,
            _ => (Self::COMPARE.charge)(arguments, value),
        },
    );

    /// A text is looked for in another.
    pub(super) const CONTAINS: Self = Self::overload(
        |operands| {
            let cost = |at| size(operands, at).scaled(TRAVERSAL);
            Estimate::of(cost(0).times(cost(1)))
        },
        |arguments, _| read(arguments, 0, 1.0).wrapping_mul(read(arguments, 1, 1.0)),
    );

    /// A value is looked for among the items of a list.
    pub(super) const IN_LIST: Self = Self::overload(
        |operands| Estimate::of(size(operands, 1).scaled(1.0)),
        |arguments, _| inner(arguments, 1),
    );

    /// A text is read once to put values in it; how long it becomes is not known.
    pub(super) const FORMAT: Self = Self::overload(Self::READ.estimate, Self::READ.charge);

    /// A regular expression is matched.
    pub(super) const MATCH: Self = Self::overload(
        |operands| Estimate::of(matching(operands)),
        |arguments, _| {
            let text = scaled(inner(arguments, 0).saturating_add(1), TRAVERSAL);
            text.wrapping_mul(scaled(inner(arguments, 1), REGEX))
        },
    );

    /// A regular expression is looked for; every character may be a find.
    pub(super) const FIND: Self = Self::named(
        |operands| {
            let finds = Range::new(0, size(operands, 0).max);
            Estimate::sized(matching(operands), finds)
        },
        Self::MATCH.charge,
    );

    /// Texts in a text are replaced.
    pub(super) const REPLACE: Self = Self::named(
        |operands| {
            let text = size(operands, 0);
            let replaced = replaced(text, size(operands, 1), size(operands, 2));
            Estimate::sized(text.scaled(2.0 * TRAVERSAL), replaced)
        },
        |arguments, _| read(arguments, 0, 2.0),
    );

    /// A text is split; every character may be an item.
    pub(super) const SPLIT: Self = Self::named(
        |operands| {
            let text = size(operands, 0);
            let limit = match operands.get(2).and_then(|operand| operand.literal) {
                Some(Value::Int(limit)) => limit.cast_unsigned(),
                _ => text.max,
            };
            Estimate::sized(text.scaled(2.0 * TRAVERSAL), Range::new(0, limit))
        },
        |arguments, _| read(arguments, 0, 2.0),
    );

    /// The texts of a list are joined.
    pub(super) const JOIN: Self = Self::named(
        |operands| {
            let size = joined(operands);
            Estimate::sized(size.scaled(TRAVERSAL), size)
        },
        |_, value| scaled(actual_size(value), 2.0 * TRAVERSAL),
    );

    /// The items of a list, or the characters of a text, are looked at once.
    pub(super) const TRAVERSE: Self = Self::named(
        |operands| Estimate::of(traversal(operands)),
        |arguments, _| arguments.first().map_or(0, traversed),
    );

    /// An address is looked for in a network.
    pub(super) const IN_NETWORK: Self = Self::named(
        |_| Estimate::of(ADDRESS.plus(ADDRESS).scaled(TRAVERSAL)),
        |arguments, _| read(arguments, 0, 2.0),
    );

    /// An address, which is a text, is looked for in a network.
    pub(super) const TEXT_IN_NETWORK: Self = Self {
        estimate: |operands| {
            let cost = (Self::IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(size(operands, 1).scaled(TRAVERSAL)))
        },
        charge: |arguments, _| read(arguments, 0, 2.0) + read(arguments, 1, 1.0),
        charge_by_name: Self::IN_NETWORK.charge,
    };

    /// A network is looked for in another.
    pub(super) const NETWORK_IN_NETWORK: Self = Self::named(
        |operands| {
            let cost = (Self::IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(ADDRESS.scaled(TRAVERSAL)).plus(Range::ONE))
        },
        |arguments, _| read(arguments, 0, 2.0) + read(arguments, 0, 1.0) + 1,
    );

    /// A network, which is a text, is looked for in another.
    pub(super) const TEXT_NETWORK_IN_NETWORK: Self = Self {
        estimate: |operands| {
            let cost = (Self::NETWORK_IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(size(operands, 1).scaled(TRAVERSAL)))
        },
        charge: |arguments, value| {
            (Self::NETWORK_IN_NETWORK.charge)(arguments, value) + read(arguments, 1, 1.0)
        },
        charge_by_name: Self::NETWORK_IN_NETWORK.charge,
    };

    /// A text is checked against a named format.
    pub(super) const VALIDATE: Self = Self::named(
        |operands| {
            let text = size(operands, 1).scaled(TRAVERSAL);
            Estimate::of(text.scaled(MAX_FORMAT_REGEX * REGEX))
        },
        |arguments, _| match arguments.first() {
            Some(Value::Format(format)) => {
                let text = scaled(actual(arguments, 1).saturating_add(1), TRAVERSAL);
                text.wrapping_mul(scaled(format.regex_size, REGEX))
            }
            _ => 1,
        },
    );

    /// Every item of a list is looked for in another.
    pub(super) const SETS: Self = Self::overload(
        |operands| Estimate::of(pairs(operands).scaled(1.0).plus(Range::ONE)),
        |arguments, _| actual_pairs(arguments).saturating_add(1),
    );

    /// Every item of each of two lists is looked for in the other.
    pub(super) const SETS_BOTH: Self = Self::overload(
        |operands| Estimate::of(pairs(operands).scaled(2.0).plus(Range::ONE)),
        |arguments, _| actual_pairs(arguments).saturating_mul(2).saturating_add(1),
    );

    /// A part of a list is taken.
    pub(super) const SLICE: Self = Self::overload(
        |operands| {
            let bound =
                |at: usize, other| operands.get(at).and_then(Operand::natural).unwrap_or(other);
            let (start, end) = (bound(1, 0), bound(2, size(operands, 0).max));
            list_of(1.0, Range::exactly(end.wrapping_sub(start)))
        },
        |_, value| list_charge(actual_size(value)),
    );

    /// A list of so many numbers is made.
    pub(super) const RANGE: Self = Self::overload(
        |operands| {
            let count = operands.first().and_then(Operand::natural);
            list_of(1.0, Range::exactly(count.unwrap_or(u64::MAX)))
        },
        |_, value| list_charge(actual_size(value)),
    );

    /// A list is made of another.
    pub(super) const REMAKE: Self = Self::overload(
        |operands| list_of(1.0, size(operands, 0)),
        |_, value| list_charge(actual_size(value)),
    );

    /// Lists in a list are opened so deep.
    pub(super) const FLATTEN: Self = Self::overload(
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

    /// Every item of a list is compared with every other.
    pub(super) const DISTINCT: Self = Self::overload(
        |operands| {
            let size = size(operands, 0);
            list_of(2.0, size.times(size))
        },
        |arguments, _| self_comparison(arguments.first()),
    );

    /// A list of texts or bytes is sorted.
    pub(super) const SORT_TEXTS: Self = Self::overload(
        |operands| {
            let size = operands.last().map_or(Range::UNKNOWN, Operand::size);
            list_of(2.0 + TRAVERSAL, size.times(size))
        },
        |arguments, _| self_comparison(arguments.last()),
    );

    /// A list is sorted.
    pub(super) const SORT: Self = Self::overload(
        |operands| {
            let size = operands.last().map_or(Range::UNKNOWN, Operand::size);
            list_of(2.0, size.times(size))
        },
        |arguments, _| self_comparison(arguments.last()),
    );
}

/// The bytes of an address.
const ADDRESS: Range = Range::new(4, 16);
/// Characters of the longest regular expression that a named format may have.
const MAX_FORMAT_REGEX: f64 = 128.0;
/// Characters of the longest name of a named format.
const MAX_FORMAT: u64 = 64;

/// The size of an operand.
fn size(operands: &[Operand<'_>], at: usize) -> Range {
    operands.get(at).map_or(Range::UNKNOWN, Operand::size)
}

/// The size of an argument, 1 if it has none.
fn actual(arguments: &[Value<'_>], at: usize) -> u64 {
    arguments.get(at).map_or(1, actual_size)
}

fn actual_size(value: &Value<'_>) -> u64 {
    let size = match value {
        Value::Ip(address) => Some(address.size()),
        Value::Cidr(prefix) => Some(prefix.size()),
        other => other.size(),
    };
    size.map_or(1, as_u64)
}

/// The size of an argument, that of what is in it if it is an optional.
fn inner(arguments: &[Value<'_>], at: usize) -> u64 {
    let mut value = arguments.get(at);
    while let Some(Value::Optional(Some(within))) = value {
        value = Some(within);
    }
    value.map_or(1, actual_size)
}

/// Reading an argument so many times.
fn read(arguments: &[Value<'_>], at: usize, times: f64) -> u64 {
    scaled(inner(arguments, at), times * TRAVERSAL)
}

fn comparison(operands: &[Operand<'_>]) -> Range {
    let most = size(operands, 0).max.min(size(operands, 1).max);
    Range::new(u64::from(most > 0), most).scaled(TRAVERSAL)
}

fn equality(operands: &[Operand<'_>]) -> Range {
    let [a, b] = operands else {
        return comparison(operands);
    };
    match (a.ty, b.ty) {
        (Type::Opaque(ty), Type::Opaque(other)) if ty == other => match ty {
            Opaque::Ip | Opaque::Cidr | Opaque::Quantity | Opaque::Semver => Range::ONE,
            Opaque::Format => Range::new(1, MAX_FORMAT).scaled(TRAVERSAL),
            Opaque::Url => {
                let most = b.size.map_or(1, |size| size.max);
                Range::new(1, most).scaled(TRAVERSAL)
            }
        },
        _ => comparison(operands),
    }
}

fn matching(operands: &[Operand<'_>]) -> Range {
    // An empty text costs, too.
    let text = size(operands, 0).plus(Range::ONE).scaled(TRAVERSAL);
    text.times(size(operands, 1).scaled(REGEX))
}

/// How long a text can become. The shortest and the longest replacement are looked for apart.
fn replaced(text: Range, old: Range, new: Range) -> Range {
    let count = |size: u64, old: u64| ((as_double(size) / as_double(old)).ceil(), size);
    let (most, kept_most) = if old.min == 0 {
        (text.max.saturating_add(1), text.max)
    } else if new.max <= old.min {
        (0, text.max)
    } else {
        (to_u64(count(text.max, old.min).0), 0)
    };
    let (least, kept_least) = if old.max == 0 {
        (text.min.saturating_add(1), text.min)
    } else if old.max <= new.min {
        (0, text.min)
    } else {
        (to_u64(count(text.min, old.max).0), 0)
    };
    Range::new(least, most)
        .times(new)
        .plus(Range::new(kept_least, kept_most))
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

fn traversal(operands: &[Operand<'_>]) -> Range {
    let Some(of) = operands.first() else {
        return Range::ZERO;
    };
    let Type::List(item) = of.ty else {
        return of.size().scaled(TRAVERSAL);
    };
    let each = match **item {
        Type::String | Type::Bytes => {
            let size = of.item_size.unwrap_or(Range::UNKNOWN);
            Range::ONE.plus(size.scaled(TRAVERSAL))
        }
        _ => Range::ONE,
    };
    of.size().times(each)
}

/// Looking at everything within a value. Parts of a character are not charged.
fn traversed(value: &Value<'_>) -> u64 {
    let entry = |value: Result<Value<'_>, _>| value.map_or(1, |value| traversed(&value));
    match value {
        Value::String(text) => multiplied(as_u64(text.len()), TRAVERSAL),
        Value::Bytes(bytes) => multiplied(as_u64(bytes.len()), TRAVERSAL),
        Value::List(list) => list.iter().map(entry).fold(0, u64::saturating_add),
        Value::Map(map) => map
            .entries()
            .map(|(key, value)| traversed(&key).saturating_add(entry(value)))
            .fold(0, u64::saturating_add),
        _ => 1,
    }
}

fn pairs(operands: &[Operand<'_>]) -> Range {
    size(operands, 0).times(size(operands, 1))
}

fn actual_pairs(arguments: &[Value<'_>]) -> u64 {
    actual(arguments, 0).saturating_mul(actual(arguments, 1))
}

/// A call that makes a list.
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

/// The product with a factor, rounded down.
fn multiplied(amount: u64, factor: f64) -> u64 {
    to_u64(as_double(amount) * factor)
}

fn as_u64(size: usize) -> u64 {
    u64::try_from(size).unwrap_or(u64::MAX)
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the API server computes with doubles"
)]
fn as_double(amount: u64) -> f64 {
    amount as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the API server computes with doubles"
)]
fn signed_double(amount: i64) -> f64 {
    amount as f64
}

/// As Go converts a negative number to an unsigned one on amd64.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the cast stops at the bounds"
)]
fn to_negative(amount: f64) -> u64 {
    (amount as i64).cast_unsigned()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stops at the bounds"
)]
fn to_u64(amount: f64) -> u64 {
    amount as u64
}
