//! `enum`.
//!
//! The server converts a number to the type of the listed value, which may truncate it, before it
//! compares them. Content of containers must be identical.

use apimachinery::go;

use super::check::At;
use super::types::whole;
use super::{Made, Schema};
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::FieldPath;
use crate::json::{Data, Node};
use crate::path::Path;
use crate::view::View;

/// Whether a scalar is in the enum, if there is one; see [`lists_container`] for other values.
pub(super) fn lists_scalar<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    schema.one_of_values.is_empty()
        || matches!(data, Data::Array(_) | Data::Object(_))
        || listed(schema).any(|listed| is_converted(data, &listed.data()))
}

/// Whether an array or object is in the enum, if there is one.
pub(super) fn lists_container(schema: &Schema, view: View<'_>) -> bool {
    schema.one_of_values.is_empty()
        || !matches!(view.node.data(), Data::Array(_) | Data::Object(_))
        || listed(schema).any(|listed| view.is_identical(View::raw(listed)))
}

/// Reports an array or object that is not in the enum.
pub(super) fn report_container(
    schema: &Schema,
    view: View<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    if !lists_container(schema, view) {
        out.push(not_supported(schema, view.shown(), at.texts(path).0));
    }
}

fn listed(schema: &Schema) -> impl Iterator<Item = Node<'_>> {
    let values = schema.one_of_values.iter();
    values.map(|value| Made::get(value).into())
}

/// Whether a scalar, converted to the type of a listed value, equals it.
fn is_converted<I, F>(data: &Data<'_, I, F>, listed: &Data<'_>) -> bool {
    #[expect(clippy::float_cmp, reason = "the same number is meant")]
    match (data, listed) {
        (Data::String(text), Data::String(listed)) => text == listed,
        (Data::Bool(flag), Data::Bool(listed)) => flag == listed,
        (Data::Int(number), Data::Int(listed)) => number == listed,
        (Data::Int(number), Data::Float(listed)) => as_double(*number) == *listed,
        (Data::Int(number), Data::String(listed)) => is_character(listed, *number),
        (Data::Float(number), Data::Int(listed)) => whole(*number) == *listed,
        (Data::Float(number), Data::Float(listed)) => number == listed,
        _ => false,
    }
}

#[expect(clippy::cast_precision_loss, reason = "the API server loses it, too")]
const fn as_double(number: i64) -> f64 {
    number as f64
}

/// Whether a text is the character with this number, or U+FFFD if there is none.
fn is_character(text: &str, number: i64) -> bool {
    let character = u32::try_from(number).ok().and_then(char::from_u32);
    let mut chars = text.chars();
    chars.next() == Some(character.unwrap_or(char::REPLACEMENT_CHARACTER)) && chars.next().is_none()
}

#[cold]
pub(super) fn not_supported(schema: &Schema, shown: BadValue, field: FieldPath) -> Violation {
    let texts: Vec<_> = listed(schema).map(quoted).collect();
    let detail = format!("supported values: {}", texts.join(", "));
    Violation::new(ErrorType::NotSupported, field, shown, detail)
}

/// A listed value, or its JSON, in quotes.
fn quoted(listed: Node<'_>) -> String {
    let Some(text) = listed.as_str() else {
        let mut json = String::new();
        View::raw(listed).write_json(&mut json);
        return go::Quoted(&json).to_string();
    };
    go::Quoted(text).to_string()
}
