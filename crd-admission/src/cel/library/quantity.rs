//! Quantities of resources.

use std::cmp::Ordering;
use std::fmt::{self, Display};
use std::sync::Arc;

use apimachinery::quantity::{Format, Quantity as Amount};

use super::{Cost, Overload};
use crate::cel::fault::Fault;
use crate::cel::types::{Opaque, Type as T};
use crate::cel::value::Value;

const QUANTITY: T = T::Opaque(Opaque::Quantity);
/// The compatibility version that added them.
const SINCE: u32 = 28;

/// A quantity, parsed or computed.
#[derive(Clone, Debug)]
pub(crate) struct Quantity {
    amount: Amount,
    is_computed: bool,
}

pub(super) fn overloads() -> Vec<Overload> {
    let overloads = vec![
        Overload::new(
            "quantity",
            "string_to_quantity",
            [T::String],
            QUANTITY,
            try_run!(|String(text)| read(text)),
        )
        .costs(Cost::READ),
        Overload::new(
            "isQuantity",
            "is_quantity_string",
            [T::String],
            T::Bool,
            run!(|String(text)| text.parse::<Amount>().is_ok()),
        )
        .costs(Cost::READ),
        Overload::new(
            "sign",
            "quantity_sign",
            [QUANTITY],
            T::Int,
            run!(|Quantity(quantity)| i64::from(quantity.amount.sign())),
        ),
        Overload::member(
            "isGreaterThan",
            "quantity_is_greater_than",
            [QUANTITY, QUANTITY],
            T::Bool,
            run!(|Quantity(a), Quantity(b)| a.compare(b).is_gt()),
        ),
        Overload::member(
            "isLessThan",
            "quantity_is_less_than",
            [QUANTITY, QUANTITY],
            T::Bool,
            run!(|Quantity(a), Quantity(b)| a.compare(b).is_lt()),
        ),
        Overload::member(
            "compareTo",
            "quantity_compare_to",
            [QUANTITY, QUANTITY],
            T::Int,
            run!(|Quantity(a), Quantity(b)| a.compare(b) as i64),
        ),
        Overload::member(
            "asApproximateFloat",
            "quantity_get_float",
            [QUANTITY],
            T::Double,
            run!(|Quantity(quantity)| quantity.amount.as_approximate_f64()),
        ),
        Overload::member(
            "asInteger",
            "quantity_get_int",
            [QUANTITY],
            T::Int,
            try_run!(|Quantity(quantity)| quantity.integer()),
        ),
        Overload::member(
            "isInteger",
            "quantity_is_integer",
            [QUANTITY],
            T::Bool,
            run!(|Quantity(quantity)| quantity.amount.as_integer().is_some()),
        ),
        Overload::member(
            "add",
            "quantity_add",
            [QUANTITY, QUANTITY],
            QUANTITY,
            try_run!(|Quantity(a), Quantity(b)| a.plus(&b.amount)),
        ),
        Overload::member(
            "add",
            "quantity_add_int",
            [QUANTITY, T::Int],
            QUANTITY,
            try_run!(|Quantity(a), Int(b)| a.plus(&whole(*b))),
        ),
        Overload::member(
            "sub",
            "quantity_sub",
            [QUANTITY, QUANTITY],
            QUANTITY,
            try_run!(|Quantity(a), Quantity(b)| a.minus(&b.amount)),
        ),
        Overload::member(
            "sub",
            "quantity_sub_int",
            [QUANTITY, T::Int],
            QUANTITY,
            try_run!(|Quantity(a), Int(b)| a.minus(&whole(*b))),
        ),
    ];
    overloads
        .into_iter()
        .map(|overload| overload.since(SINCE))
        .collect()
}

impl From<Quantity> for Value<'_> {
    fn from(quantity: Quantity) -> Self {
        Self::Quantity(Arc::new(quantity))
    }
}

fn read(text: &str) -> Result<Quantity, Fault> {
    match text.parse() {
        Ok(amount) => Ok(Quantity {
            amount,
            is_computed: false,
        }),
        Err(error) => Err(Fault::text(error.to_string())),
    }
}

fn whole(number: i64) -> Amount {
    Amount::new(number, Format::DecimalExponent)
}

impl Quantity {
    /// The API server cannot compare a quantity with a computed one.
    pub(crate) fn equal(&self, other: &Self) -> Result<bool, Fault> {
        if other.is_computed {
            return Err(Fault::NoSuchOverload);
        }
        Ok(self.compare(other).is_eq())
    }

    /// The Go type.
    pub(crate) const fn go_type(&self) -> &'static str {
        if self.is_computed {
            "*cel.Quantity"
        } else {
            "cel.Quantity"
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.amount.cmp(&other.amount)
    }

    fn integer(&self) -> Result<i64, Fault> {
        let integer = self.amount.as_integer();
        integer.ok_or_else(|| Fault::text("cannot convert value to integer"))
    }

    fn plus(&self, other: &Amount) -> Result<Self, Fault> {
        computed(self.amount.checked_add(other))
    }

    fn minus(&self, other: &Amount) -> Result<Self, Fault> {
        computed(self.amount.checked_sub(other))
    }
}

fn computed(amount: Option<Amount>) -> Result<Quantity, Fault> {
    let amount = amount.ok_or_else(|| Fault::text("quantity is too large"))?;
    Ok(Quantity {
        amount,
        is_computed: true,
    })
}

impl Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.amount)
    }
}
