//! `minimum`.

use crate::error::{BadValue, Violation};
use crate::field_path::FieldPath;
use crate::go;
use crate::json::Data;

/// A lower bound, itself included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Minimum(pub(crate) f64);

impl Minimum {
    pub(super) fn admits<I, F>(self, data: &Data<'_, I, F>) -> bool {
        match *data {
            Data::Int(number) => number >= self.whole(),
            Data::Float(number) => number >= self.0,
            _ => true,
        }
    }

    /// The violation by a number; other values have none.
    pub(super) fn check(
        self,
        data: &Data<'_>,
        field: impl Fn() -> (FieldPath, String),
    ) -> Option<Violation> {
        let value = match *data {
            Data::Int(number) if number < self.whole() => BadValue::Integer(number),
            Data::Float(number) if number < self.0 => BadValue::Float(number),
            _ => return None,
        };
        let (field, text) = field();
        let bound = go::Float(self.0);
        Some(Violation::invalid(
            field,
            value,
            format!("{text} in body should be greater than or equal to {bound}"),
        ))
    }

    /// For integers the API server cuts the bound down to one.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "that is what the server does"
    )]
    fn whole(self) -> i64 {
        self.0 as i64
    }
}
