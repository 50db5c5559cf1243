//! What a call costs: estimated when a rule is compiled, charged when it runs.

use crate::cel::range::Range;
use crate::cel::types::Type;
use crate::cel::value::Value;

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

/// What is known of a call before a rule runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Estimate {
    /// Without the cost of its arguments.
    pub(crate) cost: Range,
    /// The size of its value.
    pub(crate) size: Option<Range>,
}

/// What a call costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// From what is known of the arguments, the receiver first.
    pub(crate) estimate: fn(&[Operand<'_>]) -> Estimate,
    /// From the arguments and the value.
    pub(crate) charge: fn(&[Value<'_>], &Value<'_>) -> u64,
}

impl Cost {
    /// The same for all arguments.
    pub(crate) const ONE: Self = Self {
        estimate: |_| Estimate::of(Range::ONE),
        charge: |_, _| 1,
    };
}

impl Estimate {
    /// Of a call whose value has no size to be known.
    pub(crate) const fn of(cost: Range) -> Self {
        Self { cost, size: None }
    }
}
