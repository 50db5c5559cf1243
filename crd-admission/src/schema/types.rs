//! `type` and `x-kubernetes-int-or-string`.

use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::FieldPath;
use crate::json::Data;

/// The types that a node admits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Types {
    /// All: the schema has no type.
    #[default]
    Any,
    /// None. An API server rejects such a CRD.
    Nothing,
    /// `object`
    Object,
    /// `array`
    Array,
    /// `string`
    String,
    /// `boolean`
    Boolean,
    /// `integer`
    Integer,
    /// `number`
    Number,
    /// `x-kubernetes-int-or-string`, with or without an equivalent `anyOf`.
    IntOrString {
        /// Whether there is such an `anyOf`.
        is_said_twice: bool,
    },
}

impl Types {
    /// The type as the API server's messages show it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Any | Self::Nothing => "",
            Self::Object => "object",
            Self::Array => "array",
            Self::String => "string",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::IntOrString { .. } => "integer,string",
        }
    }

    /// The declared type; empty with `x-kubernetes-int-or-string`.
    pub(crate) const fn declared(self) -> &'static str {
        match self {
            Self::IntOrString { .. } => "",
            other => other.name(),
        }
    }

    pub(crate) fn admits<I, F>(self, data: &Data<'_, I, F>) -> bool {
        match data {
            Data::Float(float) if matches!(self, Self::Integer | Self::IntOrString { .. }) => {
                is_whole(*float)
            }
            _ => self.kinds() & kind(data) != 0,
        }
    }

    /// The kinds of values, as bits.
    const fn kinds(self) -> u8 {
        match self {
            Self::Any => u8::MAX,
            Self::Nothing => 0,
            Self::Object => OBJECT,
            Self::Array => ARRAY,
            Self::String => STRING,
            Self::Boolean => BOOLEAN,
            Self::Integer => INTEGER,
            Self::Number => INTEGER | FLOAT,
            Self::IntOrString { .. } => INTEGER | STRING,
        }
    }
}

const NULL: u8 = 1;
const BOOLEAN: u8 = 1 << 1;
const INTEGER: u8 = 1 << 2;
const FLOAT: u8 = 1 << 3;
const STRING: u8 = 1 << 4;
const ARRAY: u8 = 1 << 5;
const OBJECT: u8 = 1 << 6;

const fn kind<I, F>(data: &Data<'_, I, F>) -> u8 {
    match data {
        Data::Null => NULL,
        Data::Bool(_) => BOOLEAN,
        Data::Int(_) => INTEGER,
        Data::Float(_) => FLOAT,
        Data::String(_) => STRING,
        Data::Array(_) => ARRAY,
        Data::Object(_) => OBJECT,
    }
}

/// Whether a double passes as an integer: it is whole, or close enough to a whole number for the
/// API server.
///
/// That is: a whole number up to 2^53 - 1, or a positive one that differs from the next lower whole
/// number by less than a billionth of the sum of both.
pub(super) fn is_whole(float: f64) -> bool {
    const MAX: f64 = 9_007_199_254_740_991.0;
    let whole = float.trunc();
    float.abs() <= MAX
        && (float - whole == 0.0 || (whole > 0.0 && (float - whole) / (float + whole) < 1e-9))
}

/// A double without its fraction, as Go converts it on amd64: the least integer if out of range.
#[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
pub(super) fn whole(number: f64) -> i64 {
    let is_integer = (-TWO_TO_63..TWO_TO_63).contains(&number);
    if is_integer { number as i64 } else { i64::MIN }
}

/// The first double that is not an integer.
const TWO_TO_63: f64 = 9_223_372_036_854_775_808.0;

/// The name of a value's type.
pub(super) const fn type_name(data: &Data<'_>) -> &'static str {
    match data {
        Data::Null => "null",
        Data::Bool(_) => "boolean",
        Data::Int(_) => "integer",
        Data::Float(_) => "number",
        Data::String(_) => "string",
        Data::Array(_) => "array",
        Data::Object(_) => "object",
    }
}

/// `PATH in body must be of type WANTED: "FOUND"`.
#[cold]
pub(super) fn mismatch(field: FieldPath, text_path: &str, wanted: &str, found: &str) -> Violation {
    let quoted = apimachinery::go::Quoted(found);
    Violation::new(
        ErrorType::TypeInvalid,
        field,
        BadValue::text(found),
        format!("{text_path} in body must be of type {wanted}: {quoted}"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_floats_are_integers() {
        for (float, whole) in [
            (1.0, true),
            (-1.0, true),
            (0.0, true),
            (-0.0, true),
            (1.5, false),
            (0.5, false),
            (1.000_000_000_1, true),
            (1.000_000_01, false),
            (-1.000_000_000_1, false),
            (9_007_199_254_740_991.0, true),
            (9_007_199_254_740_992.0, false),
            (1e30, false),
        ] {
            let data: Data<'_> = Data::Float(float);
            assert_eq!(Types::Integer.admits(&data), whole, "{float}");
        }
    }
}
