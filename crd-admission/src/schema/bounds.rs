//! `minimum`, `maximum`, `multipleOf`, and limits on the number of items and fields.

use apimachinery::go;

use super::types::{is_whole, whole};
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::FieldPath;
use crate::json::Data;

/// An inclusive lower bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum(pub f64);

/// The less common limits of numbers, lists and objects.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "they are keywords")]
pub struct Limits {
    pub maximum: Option<f64>,
    pub excludes_maximum: bool,
    pub excludes_minimum: bool,
    pub multiple_of: Option<f64>,
    pub min_items: Option<u64>,
    pub max_items: Option<i64>,
    pub min_properties: Option<u64>,
    pub max_properties: Option<i64>,
    /// `additionalProperties: false`.
    pub forbids_others: bool,
}

/// A number as the server stores it.
#[derive(Clone, Copy)]
enum Number {
    Int(i64),
    Float(f64),
}

impl Number {
    const fn of<I, F>(data: &Data<'_, I, F>) -> Option<Self> {
        match *data {
            Data::Int(number) => Some(Self::Int(number)),
            Data::Float(number) => Some(Self::Float(number)),
            _ => None,
        }
    }

    const fn shown(self) -> BadValue {
        match self {
            Self::Int(number) => BadValue::Integer(number),
            Self::Float(number) => BadValue::Float(number),
        }
    }

    /// Compares with a bound; for integers the API server truncates it.
    fn compare(self, bound: f64) -> Option<std::cmp::Ordering> {
        match self {
            Self::Int(number) => Some(number.cmp(&whole(bound))),
            Self::Float(number) => number.partial_cmp(&bound),
        }
    }

    /// A bound as a message shows it.
    fn bound(self, bound: f64) -> String {
        match self {
            Self::Int(_) => whole(bound).to_string(),
            Self::Float(_) => go::Float(bound).to_string(),
        }
    }
}

impl Minimum {
    pub(super) fn admits<I, F>(self, excludes: bool, data: &Data<'_, I, F>) -> bool {
        Number::of(data).is_none_or(|number| {
            let order = number.compare(self.0);
            order.is_some_and(|order| order.is_gt() || !excludes && order.is_eq())
        })
    }

    /// The violation of a number, if any; other values have none.
    pub(super) fn check(
        self,
        excludes: bool,
        data: &Data<'_>,
        field: impl Fn() -> (FieldPath, String),
    ) -> Option<Violation> {
        if self.admits(excludes, data) {
            return None;
        }
        let number = Number::of(data)?;
        let (field, text) = field();
        let bound = number.bound(self.0);
        let word = if excludes {
            "greater than"
        } else {
            "greater than or equal to"
        };
        let detail = format!("{text} in body should be {word} {bound}");
        Some(Violation::invalid(field, number.shown(), detail))
    }
}

impl Limits {
    /// Whether a number is within the limits; true for other values.
    pub(super) fn admit_number<I, F>(&self, data: &Data<'_, I, F>) -> bool {
        Number::of(data).is_none_or(|number| {
            !self.exceeds(number) && self.multiple_of.is_none_or(|of| is_multiple(number, of))
        })
    }

    fn exceeds(&self, number: Number) -> bool {
        self.maximum.is_some_and(|maximum| {
            let order = number.compare(maximum);
            order.is_none_or(|order| order.is_gt() || self.excludes_maximum && order.is_eq())
        })
    }

    /// Reports the limits that a number exceeds.
    pub(super) fn report_number(
        &self,
        data: &Data<'_>,
        field: impl Fn() -> (FieldPath, String),
        out: &mut Vec<Violation>,
    ) {
        let Some(number) = Number::of(data) else {
            return;
        };
        let of = self.multiple_of.filter(|&of| !is_multiple(number, of));
        out.extend(of.map(|of| not_multiple(number, of, field())));
        if let Some(maximum) = self.maximum.filter(|_| self.exceeds(number)) {
            let (field, text) = field();
            let bound = number.bound(maximum);
            let word = if self.excludes_maximum {
                "less than"
            } else {
                "less than or equal to"
            };
            let detail = format!("{text} in body should be {word} {bound}");
            out.push(Violation::invalid(field, number.shown(), detail));
        }
    }

    /// Whether a list may have this many items.
    pub(crate) fn admit_items(&self, count: u64) -> bool {
        self.min_items.is_none_or(|min| count >= min)
            && self.max_items.is_none_or(|max| !is_more(count, max))
    }

    /// Whether an object may have this many fields.
    pub(crate) fn admit_properties(&self, count: u64) -> bool {
        self.min_properties.is_none_or(|min| count >= min)
            && self.max_properties.is_none_or(|max| !is_more(count, max))
    }

    pub(super) fn report_items(
        &self,
        count: u64,
        field: impl Fn() -> (FieldPath, String),
        out: &mut Vec<Violation>,
    ) {
        report_few(self.min_items, count, "items", &field, out);
        report_many(self.max_items, count, &field, out);
    }

    pub(super) fn report_properties(
        &self,
        count: u64,
        field: impl Fn() -> (FieldPath, String),
        out: &mut Vec<Violation>,
    ) {
        report_few(self.min_properties, count, "properties", &field, out);
        report_many(self.max_properties, count, &field, out);
    }
}

fn report_few(
    min: Option<u64>,
    count: u64,
    what: &str,
    field: impl Fn() -> (FieldPath, String),
    out: &mut Vec<Violation>,
) {
    if let Some(min) = min.filter(|&min| count < min) {
        let (field, text) = field();
        let detail = format!("{text} in body should have at least {min} {what}");
        out.push(Violation::invalid(field, shown(count), detail));
    }
}

fn report_many(
    max: Option<i64>,
    count: u64,
    field: impl Fn() -> (FieldPath, String),
    out: &mut Vec<Violation>,
) {
    if let Some(max) = max.filter(|&max| is_more(count, max)) {
        let items = if max == 1 { "item" } else { "items" };
        let detail = match max {
            ..0 => "has too many items".to_owned(),
            max => format!("must have at most {max} {items}"),
        };
        let (field, _) = field();
        out.push(Violation::new(
            ErrorType::TooMany,
            field,
            shown(count),
            detail,
        ));
    }
}

fn is_more(count: u64, max: i64) -> bool {
    i64::try_from(count).is_ok_and(|count| count > max)
}

fn shown(count: u64) -> BadValue {
    BadValue::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Whether a number is a multiple; for integers the API server truncates the factor.
fn is_multiple(number: Number, of: f64) -> bool {
    match number {
        Number::Int(number) => {
            let of = whole(of);
            of > 0 && number % of == 0
        }
        Number::Float(number) => {
            let times = if of < 1.0 {
                1.0 / of * number
            } else {
                number / of
            };
            of > 0.0 && is_whole(times)
        }
    }
}

#[cold]
fn not_multiple(number: Number, of: f64, (field, text): (FieldPath, String)) -> Violation {
    let bound = number.bound(of);
    let is_positive = match number {
        Number::Int(_) => whole(of) > 0,
        Number::Float(_) => of > 0.0,
    };
    if is_positive {
        let detail = format!("{text} in body should be a multiple of {bound}");
        return Violation::invalid(field, number.shown(), detail);
    }
    let shown = match number {
        Number::Int(_) => BadValue::Integer(whole(of)),
        Number::Float(_) => BadValue::Float(of),
    };
    let detail = format!("factor MultipleOf declared for {text} must be positive: {bound}");
    Violation::invalid(field, shown, detail)
}
