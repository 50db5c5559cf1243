//! One value against its schema.

use super::types::{self, type_name};
use super::{Format, Made, Schema, Types, text};
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::{FieldPath, Step};
use crate::go;
use crate::json::Data;
use crate::path::Path;
use crate::view::View;

/// Where the schema begins: the root, or the status in an update of it.
///
/// The API server then puts `status.` in front of the field but not of the text.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) prefix: &'a str,
}

impl At<'_> {
    /// A path as the field, and as it stands in the text.
    pub(super) fn texts(&self, path: &Path<'_>) -> (FieldPath, String) {
        let dotted = path.dotted();
        let text = match (self.prefix, dotted.as_str()) {
            ("", "") => "<nil>".to_owned(),
            ("", path) => path.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}.{path}"),
        };
        let prefix = (!self.prefix.is_empty()).then(|| Step::Field(self.prefix.to_owned()));
        let steps = prefix.into_iter().chain(path.steps()).collect();
        (FieldPath::new(text, steps), dotted)
    }
}

/// Whether a value is as it should be, whatever is in it.
pub(crate) fn admits<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    has_type(schema, data) && (!schema.is_narrowed || is_within(schema, data))
}

/// Nulls aside, the type decides. With a format the API server lets arrays pass as strings.
fn has_type<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    schema.types.admits(data)
        || match data {
            Data::Null => schema.nullable,
            Data::Array(_) => schema.format == Format::DateTime,
            _ => false,
        }
}

/// Whether a value of the right type is among those that are admitted.
fn is_within<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    let fits = match data {
        Data::String(value) => text::admits(schema, value),
        _ => schema.minimum.is_none_or(|minimum| minimum.admits(data)),
    };
    fits && (schema.one_of_values.is_empty() || is_listed(schema, data))
}

/// Says what a value that is not admitted breaks, but not what is in it.
#[cold]
pub(crate) fn report(
    schema: &Schema,
    view: View<'_>,
    data: &Data<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    if let Data::Null = data {
        return report_null(schema, at, path, out);
    }
    if !has_type(schema, data) {
        report_type(schema, data, at, path, out);
    }
    if let Data::String(value) = data {
        text::report(schema, value, at, path, out);
    }
    if let Some(minimum) = schema.minimum {
        out.extend(minimum.check(data, || at.texts(path)));
    }
    if !schema.one_of_values.is_empty() && !is_listed(schema, data) {
        out.push(not_supported(schema, view.shown(), at.texts(path).0));
    }
}

/// Checks that the fields of an object that must be there are.
pub(crate) fn check_required(
    schema: &Schema,
    view: View<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    for name in schema.required.iter() {
        if view.get(name).is_none() {
            let (field, _) = at.texts(&path.field(name));
            out.push(Violation::required(field, ""));
        }
    }
}

fn report_null(schema: &Schema, at: At<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    if schema.types != Types::Any && !schema.nullable {
        let (field, text) = at.texts(path);
        let wanted = schema.types.name();
        out.push(types::mismatch(field, &text, wanted, "null"));
    }
    if !schema.one_of_values.is_empty() {
        let shown = BadValue::Json("null".to_owned());
        out.push(not_supported(schema, shown, at.texts(path).0));
    }
}

fn report_type(
    schema: &Schema,
    data: &Data<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    let (field, text) = at.texts(path);
    let found = type_name(data);
    if schema.format == Format::DateTime {
        out.push(types::mismatch(field, &text, "date-time", go_format(data)));
        return;
    }
    out.push(types::mismatch(
        field.clone(),
        &text,
        schema.types.name(),
        found,
    ));
    if schema.types == Types::IntOrString {
        let prefix = if at.prefix.is_empty() {
            "<nil>"
        } else {
            at.prefix
        };
        out.push(Violation::invalid(
            FieldPath::new(prefix.to_owned(), field.steps().to_vec()),
            BadValue::text(""),
            format!("\"{text}\" must validate at least one schema (anyOf)"),
        ));
        out.push(types::mismatch(field, &text, "integer", found));
    }
}

/// For a node with a format the API server shows the format that the value's own Go type has.
const fn go_format(data: &Data<'_>) -> &'static str {
    match data {
        Data::Int(_) => "int64",
        Data::Float(_) => "float64",
        _ => "",
    }
}

fn is_listed<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    let mut values = schema.one_of_values.iter().map(Made::get);
    values.any(|value| match *data {
        Data::String(text) => value.as_str() == Some(text),
        Data::Bool(flag) => value.as_bool() == Some(flag),
        // Go converts an integer to the text of that one character.
        Data::Int(number) => {
            value.as_i64() == Some(number)
                || value
                    .as_str()
                    .is_some_and(|text| is_character(text, number))
        }
        Data::Float(number) => value.as_f64() == Some(number),
        _ => false,
    })
}

fn is_character(text: &str, number: i64) -> bool {
    let mut chars = text.chars();
    chars
        .next()
        .is_some_and(|c| i64::from(u32::from(c)) == number)
        && chars.next().is_none()
}

#[cold]
fn not_supported(schema: &Schema, shown: BadValue, field: FieldPath) -> Violation {
    let listed: Vec<String> = schema
        .one_of_values
        .iter()
        .map(Made::get)
        .map(|value| match value.as_str() {
            Some(text) => go::Quoted(text).to_string(),
            None => go::Quoted(&value.to_string()).to_string(),
        })
        .collect();
    let detail = format!("supported values: {}", listed.join(", "));
    Violation::new(ErrorType::NotSupported, field, shown, detail)
}
