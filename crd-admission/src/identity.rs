//! Equality of list items: equal scalars, or equal JSON.

use std::borrow::Cow;

use crate::json::Data;
use crate::view::View;

/// An item or key, for comparison and look-up. `1` and `1.0` differ.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity<'a> {
    /// The key is absent.
    Missing,
    Null,
    Bool(bool),
    Int(i64),
    /// The bits of a double; zero has one sign.
    Float(u64),
    Text(Cow<'a, str>),
    /// Anything else.
    Json(String),
}

impl<'a> Identity<'a> {
    pub(crate) fn of(view: View<'a>) -> Self {
        Self::of_scalar(view).unwrap_or_else(|| {
            let mut json = String::new();
            view.write_json(&mut json);
            Self::Json(json)
        })
    }

    pub(crate) fn of_double(number: f64) -> Self {
        Self::Float((number + 0.0).to_bits())
    }

    /// The identity of a value that is not a container.
    pub(crate) fn of_scalar(view: View<'a>) -> Option<Self> {
        match view.node.data() {
            Data::Null => Some(Self::Null),
            Data::Bool(value) => Some(Self::Bool(value)),
            Data::Int(number) => Some(Self::Int(number)),
            Data::Float(number) => Some(Self::of_double(number)),
            Data::String(text) => Some(Self::Text(text.into())),
            Data::Array(_) | Data::Object(_) => None,
        }
    }
}
