//! Costs of calls: estimated when a rule is compiled, charged when it is evaluated.

mod lists;
mod taken;

use crate::cel::range::{Range, scaled};
use crate::cel::types::{Opaque, Type};
use crate::cel::value::Value;
pub(crate) use taken::Taken;

/// The cost of a character or byte that a call traverses.
const TRAVERSAL: f64 = 0.1;
/// The cost of a character of a regular expression.
const REGEX: f64 = 0.25;

/// What is known about an argument at compile time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operand<'t> {
    pub(crate) ty: &'t Type,
    /// Its size, from the expression or the schema.
    pub(crate) size: Option<Range>,
    /// The size of a list's items, from the schema.
    pub(crate) item_size: Option<Range>,
    /// The value of a literal.
    pub(crate) literal: Option<&'t Value<'static>>,
}

impl Operand<'_> {
    fn size(&self) -> Range {
        self.size.unwrap_or(Range::UNKNOWN)
    }

    /// The size of a list's items; `None` for other types.
    fn item_size(&self) -> Option<Range> {
        let is_list = matches!(self.ty, Type::List(_));
        is_list.then(|| self.item_size.unwrap_or(Range::UNKNOWN))
    }

    /// The value of a nonnegative integer literal.
    fn natural(&self) -> Option<u64> {
        match self.literal {
            Some(Value::Int(number)) => Some(u64::try_from(*number).unwrap_or(0)),
            _ => None,
        }
    }
}

/// What is known about a call at compile time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    /// The cost, without that of the arguments.
    pub(crate) cost: Range,
    /// The size of the result.
    pub(crate) size: Option<Range>,
}

impl Estimate {
    /// For a call whose result has no known size.
    const fn of(cost: Range) -> Self {
        Self { cost, size: None }
    }

    const fn sized(cost: Range, size: Range) -> Self {
        let size = Some(size);
        Self { cost, size }
    }
}

/// The cost of a call.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Estimates from the arguments, the receiver first.
    pub(crate) estimate: fn(&[Operand<'_>]) -> Estimate,
    /// Charges by the arguments and the result.
    pub(crate) charge: Charge,
    /// Charges when only the function is known, not the overload.
    pub(crate) charge_by_name: Charge,
    /// The type to which the server casts the last argument to compute the charge, unchecked.
    pub(crate) taken_for: Taken,
}

/// The cost of a call with these arguments and this result.
type Charge = fn(&[Value<'_>], &Value<'_>) -> u64;

impl Cost {
    /// For functions that the API server identifies by name.
    const fn named(estimate: fn(&[Operand<'_>]) -> Estimate, charge: Charge) -> Self {
        Self {
            estimate,
            charge,
            charge_by_name: charge,
            taken_for: Taken::Anything,
        }
    }

    /// For overloads that cel-go identifies: without a known overload, a call costs 1.
    const fn overload(estimate: fn(&[Operand<'_>]) -> Estimate, charge: Charge) -> Self {
        Self {
            estimate,
            charge,
            charge_by_name: |_, _| 1,
            taken_for: Taken::Anything,
        }
    }

    /// For overloads whose charge depends on the items of a list.
    const fn comparison(estimate: fn(&[Operand<'_>]) -> Estimate, charge: Charge) -> Self {
        Self {
            taken_for: Taken::List,
            ..Self::overload(estimate, charge)
        }
    }

    /// Constant, by overload.
    pub(super) const ONE: Self = Self::overload(|_| Estimate::of(Range::ONE), |_, _| 1);

    /// Constant, by name.
    pub(super) const ACCESS: Self = Self::named(|_| Estimate::of(Range::ONE), |_, _| 1);

    /// A rule can afford only two of these.
    pub(super) const AUTHORIZATION: Self =
        Self::named(|_| Estimate::of(Range::exactly(350_000)), |_, _| 350_000);

    /// Parses a selector, with a requirement for every other character.
    pub(super) const SELECTOR: Self = Self::named(
        |operands| Estimate::of(selector(size(operands, 1))),
        |arguments, _| selector(Range::exactly(actual(arguments, 1))).max,
    );

    /// A traversal of the text.
    pub(super) const READ: Self = Self::named(
        |operands| Estimate::of(size(operands, 0).scaled(TRAVERSAL)),
        |arguments, _| traverse(arguments, 0, 1.0),
    );

    /// Two traversals of the text.
    pub(super) const READ_TWICE: Self = Self::named(
        |operands| Estimate::of(size(operands, 0).scaled(2.0 * TRAVERSAL)),
        |arguments, _| traverse(arguments, 0, 2.0),
    );

    /// A traversal of the text; the result is as long.
    pub(super) const TRANSFORM: Self = Self::named(
        |operands| {
            let size = size(operands, 0);
            Estimate::sized(size.scaled(TRAVERSAL), size)
        },
        |arguments, _| traverse(arguments, 0, 1.0),
    );

    /// Compares a prefix or suffix: estimated by its length, charged by that of the text.
    pub(super) const AFFIX: Self = Self::overload(
        |operands| Estimate::of(size(operands, 1).scaled(TRAVERSAL)),
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// Each character becomes up to four bytes.
    pub(super) const ENCODE: Self = Self::overload(
        |operands| {
            let size = size(operands, 0);
            // The product wraps around, as in Go.
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

    /// Each character may be escaped, and there are quotes.
    pub(super) const QUOTE: Self = Self::overload(
        |operands| {
            let size = size(operands, 0);
            // These wrap around, as in Go.
            let quoted = |size: u64, factor| size.wrapping_mul(factor).wrapping_add(2);
            let quoted = Range::new(quoted(size.min, 1), quoted(size.max, 2));
            Estimate::sized(size.scaled(TRAVERSAL), quoted)
        },
        |arguments, _| read(arguments, 0, 1.0),
    );

    /// Concatenates two strings.
    pub(super) const APPEND: Self = Self::overload(
        |operands| {
            let size = size(operands, 0).plus(size(operands, 1));
            Estimate::sized(size.scaled(TRAVERSAL), size)
        },
        |arguments, _| {
            let sizes = inner(arguments, 0).saturating_add(inner(arguments, 1));
            scaled(sizes, TRAVERSAL)
        },
    );

    /// Compares two values, up to the length of the shorter one.
    pub(super) const COMPARE: Self = Self::overload(
        |operands| Estimate::of(comparison(operands)),
        |arguments, _| {
            let shorter = inner(arguments, 0).min(inner(arguments, 1));
            scaled(shorter, TRAVERSAL)
        },
    );

    /// Compares two values; those of Kubernetes' types take constant time.
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

    /// Searches for a string in another.
    pub(super) const CONTAINS: Self = Self::overload(
        |operands| {
            let cost = |at| size(operands, at).scaled(TRAVERSAL);
            Estimate::of(cost(0).times(cost(1)))
        },
        |arguments, _| read(arguments, 0, 1.0).wrapping_mul(read(arguments, 1, 1.0)),
    );

    /// A traversal of a format string; the size of the result is unknown.
    pub(super) const FORMAT: Self =
        Self::overload(Self::READ.estimate, |arguments, _| read(arguments, 0, 1.0));

    /// Matches a regular expression.
    pub(super) const MATCH: Self = Self::overload(
        |operands| Estimate::of(matching(operands)),
        |arguments, _| {
            let text = scaled(inner(arguments, 0).saturating_add(1), TRAVERSAL);
            text.wrapping_mul(scaled(inner(arguments, 1), REGEX))
        },
    );

    /// Searches for a regular expression; each character may be a match.
    pub(super) const FIND: Self = Self::named(
        |operands| {
            let finds = Range::new(0, size(operands, 0).max);
            Estimate::sized(matching(operands), finds)
        },
        |arguments, _| {
            let text = scaled(actual(arguments, 0).saturating_add(1), TRAVERSAL);
            text.wrapping_mul(scaled(actual(arguments, 1), REGEX))
        },
    );

    /// Replaces parts of a string.
    pub(super) const REPLACE: Self = Self::named(
        |operands| {
            let text = size(operands, 0);
            let replaced = replaced(text, size(operands, 1), size(operands, 2));
            Estimate::sized(text.scaled(2.0 * TRAVERSAL), replaced)
        },
        |arguments, _| traverse(arguments, 0, 2.0),
    );

    /// Splits a string; each character may become an item.
    pub(super) const SPLIT: Self = Self::named(
        |operands| {
            let text = size(operands, 0);
            let limit = match operands.get(2).and_then(|operand| operand.literal) {
                Some(Value::Int(limit)) => limit.cast_unsigned(),
                _ => text.max,
            };
            Estimate::sized(text.scaled(2.0 * TRAVERSAL), Range::new(0, limit))
        },
        |arguments, _| traverse(arguments, 0, 2.0),
    );

    /// Checks whether a network contains an address.
    pub(super) const IN_NETWORK: Self = Self::named(
        |_| Estimate::of(ADDRESS.plus(ADDRESS).scaled(TRAVERSAL)),
        |arguments, _| traverse(arguments, 0, 2.0),
    );

    /// Checks whether a network contains an address, given as a string.
    pub(super) const TEXT_IN_NETWORK: Self = Self {
        estimate: |operands| {
            let cost = (Self::IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(size(operands, 1).scaled(TRAVERSAL)))
        },
        charge: |arguments, _| traverse(arguments, 0, 2.0) + traverse(arguments, 1, 1.0),
        charge_by_name: Self::IN_NETWORK.charge,
        taken_for: Taken::Anything,
    };

    /// Checks whether a network contains another.
    pub(super) const NETWORK_IN_NETWORK: Self = Self::named(
        |operands| {
            let cost = (Self::IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(ADDRESS.scaled(TRAVERSAL)).plus(Range::ONE))
        },
        |arguments, _| traverse(arguments, 0, 2.0) + traverse(arguments, 0, 1.0) + 1,
    );

    /// Checks whether a network contains another, given as a string.
    pub(super) const TEXT_NETWORK_IN_NETWORK: Self = Self {
        estimate: |operands| {
            let cost = (Self::NETWORK_IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(size(operands, 1).scaled(TRAVERSAL)))
        },
        charge: |arguments, value| {
            (Self::NETWORK_IN_NETWORK.charge)(arguments, value) + traverse(arguments, 1, 1.0)
        },
        charge_by_name: Self::NETWORK_IN_NETWORK.charge,
        taken_for: Taken::Anything,
    };

    /// Checks a string against a named format.
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
}

/// The bytes in an address.
const ADDRESS: Range = Range::new(4, 16);
/// Maximum length of a named format's regular expression.
const MAX_FORMAT_REGEX: f64 = 128.0;
/// Maximum length of a named format's name.
const MAX_FORMAT: u64 = 64;

/// The size of an operand.
fn size(operands: &[Operand<'_>], at: usize) -> Range {
    operands.get(at).map_or(Range::UNKNOWN, Operand::size)
}

/// The size of an argument; 1 if it has none.
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

/// The size of an argument, or of the content of an optional.
fn inner(arguments: &[Value<'_>], at: usize) -> u64 {
    let mut value = arguments.get(at);
    while let Some(Value::Optional(Some(within))) = value {
        value = (**within).as_ref().ok();
    }
    value.map_or(1, actual_size)
}

/// The cost of this many traversals of an argument, as Kubernetes computes it.
fn traverse(arguments: &[Value<'_>], at: usize, times: f64) -> u64 {
    scaled(actual(arguments, at), times * TRAVERSAL)
}

/// The cost of this many traversals of an argument, or of the content of an optional, as cel-go
/// computes it.
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
    // An empty string has a cost, too.
    let text = size(operands, 0).plus(Range::ONE).scaled(TRAVERSAL);
    text.times(size(operands, 1).scaled(REGEX))
}

/// A list of requirements, each with a list and an object.
fn selector(size: Range) -> Range {
    let requirements = size.scaled(0.5).scaled(50.0);
    Range::exactly(10)
        .plus(size.scaled(TRAVERSAL))
        .plus(requirements)
}

/// The size of a text after replacement. The minimum and the maximum are computed independently.
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
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast stops at the bounds"
)]
fn to_u64(amount: f64) -> u64 {
    // A number that does not fit becomes the highest bit in Go.
    if amount < 18_446_744_073_709_551_616.0 {
        amount as u64
    } else {
        1 << 63
    }
}
