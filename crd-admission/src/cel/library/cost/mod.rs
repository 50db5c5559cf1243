//! What a call costs: estimated when a rule is compiled, charged when it runs.

mod lists;
mod taken;

use crate::cel::range::{Range, scaled};
use crate::cel::types::{Opaque, Type};
use crate::cel::value::Value;
pub(crate) use taken::Taken;

/// Of a character or byte that a call looks at.
const TRAVERSAL: f64 = 0.1;
/// Of a character of a regular expression.
const REGEX: f64 = 0.25;

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
    /// What the server takes the last argument for when it computes the charge, without looking
    /// whether it is that.
    pub(crate) taken_for: Taken,
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
            taken_for: Taken::Anything,
        }
    }

    /// Of overloads that cel-go knows: unless one is known, a call costs 1.
    const fn overload(estimate: fn(&[Operand<'_>]) -> Estimate, charge: Charge) -> Self {
        Self {
            estimate,
            charge,
            charge_by_name: |_, _| 1,
            taken_for: Taken::Anything,
        }
    }

    /// Of overloads whose charge is found in the items of a list.
    const fn comparison(estimate: fn(&[Operand<'_>]) -> Estimate, charge: Charge) -> Self {
        Self {
            taken_for: Taken::List,
            ..Self::overload(estimate, charge)
        }
    }

    /// The same for all arguments.
    pub(super) const ONE: Self = Self::overload(|_| Estimate::of(Range::ONE), |_, _| 1);

    /// The same for all arguments.
    pub(super) const ACCESS: Self = Self::named(|_| Estimate::of(Range::ONE), |_, _| 1);

    /// Two of them are all that a rule may ask.
    pub(super) const AUTHORIZATION: Self =
        Self::named(|_| Estimate::of(Range::exactly(350_000)), |_, _| 350_000);

    /// A selector is read, with a requirement for every other character.
    pub(super) const SELECTOR: Self = Self::named(
        |operands| Estimate::of(selector(size(operands, 1))),
        |arguments, _| selector(Range::exactly(actual(arguments, 1))).max,
    );

    /// The text is read once.
    pub(super) const READ: Self = Self::named(
        |operands| Estimate::of(size(operands, 0).scaled(TRAVERSAL)),
        |arguments, _| traverse(arguments, 0, 1.0),
    );

    /// The text is read twice.
    pub(super) const READ_TWICE: Self = Self::named(
        |operands| Estimate::of(size(operands, 0).scaled(2.0 * TRAVERSAL)),
        |arguments, _| traverse(arguments, 0, 2.0),
    );

    /// The text is read once; what is made of it is as long.
    pub(super) const TRANSFORM: Self = Self::named(
        |operands| {
            let size = size(operands, 0);
            Estimate::sized(size.scaled(TRAVERSAL), size)
        },
        |arguments, _| traverse(arguments, 0, 1.0),
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
            let sizes = inner(arguments, 0).saturating_add(inner(arguments, 1));
            scaled(sizes, TRAVERSAL)
        },
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

    /// A text is read once to put values in it; how long it becomes is not known.
    pub(super) const FORMAT: Self =
        Self::overload(Self::READ.estimate, |arguments, _| read(arguments, 0, 1.0));

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
        |arguments, _| {
            let text = scaled(actual(arguments, 0).saturating_add(1), TRAVERSAL);
            text.wrapping_mul(scaled(actual(arguments, 1), REGEX))
        },
    );

    /// Texts in a text are replaced.
    pub(super) const REPLACE: Self = Self::named(
        |operands| {
            let text = size(operands, 0);
            let replaced = replaced(text, size(operands, 1), size(operands, 2));
            Estimate::sized(text.scaled(2.0 * TRAVERSAL), replaced)
        },
        |arguments, _| traverse(arguments, 0, 2.0),
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
        |arguments, _| traverse(arguments, 0, 2.0),
    );

    /// An address is looked for in a network.
    pub(super) const IN_NETWORK: Self = Self::named(
        |_| Estimate::of(ADDRESS.plus(ADDRESS).scaled(TRAVERSAL)),
        |arguments, _| traverse(arguments, 0, 2.0),
    );

    /// An address, which is a text, is looked for in a network.
    pub(super) const TEXT_IN_NETWORK: Self = Self {
        estimate: |operands| {
            let cost = (Self::IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(size(operands, 1).scaled(TRAVERSAL)))
        },
        charge: |arguments, _| traverse(arguments, 0, 2.0) + traverse(arguments, 1, 1.0),
        charge_by_name: Self::IN_NETWORK.charge,
        taken_for: Taken::Anything,
    };

    /// A network is looked for in another.
    pub(super) const NETWORK_IN_NETWORK: Self = Self::named(
        |operands| {
            let cost = (Self::IN_NETWORK.estimate)(operands).cost;
            Estimate::of(cost.plus(ADDRESS.scaled(TRAVERSAL)).plus(Range::ONE))
        },
        |arguments, _| traverse(arguments, 0, 2.0) + traverse(arguments, 0, 1.0) + 1,
    );

    /// A network, which is a text, is looked for in another.
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
        value = (**within).as_ref().ok();
    }
    value.map_or(1, actual_size)
}

/// Going through an argument so many times, as Kubernetes counts it.
fn traverse(arguments: &[Value<'_>], at: usize, times: f64) -> u64 {
    scaled(actual(arguments, at), times * TRAVERSAL)
}

/// Reading an argument so many times, or what is in it if it is an optional, as cel-go counts it.
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

/// A list of requirements, each with a list and an object.
fn selector(size: Range) -> Range {
    let requirements = size.scaled(0.5).scaled(50.0);
    Range::exactly(10)
        .plus(size.scaled(TRAVERSAL))
        .plus(requirements)
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
    // What does not fit becomes the highest bit in Go.
    if amount < 18_446_744_073_709_551_616.0 {
        amount as u64
    } else {
        1 << 63
    }
}
