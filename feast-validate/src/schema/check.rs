//! A value against its schema.

use super::types::{self, type_name};
use super::{Format, Schema, Types, text};
use crate::error::{BadValue, Findings, Kind, Violation};
use crate::go;
use crate::json::Data;
use crate::path::Path;
use crate::ratchet::{Correlation, OldFields, OldItems};
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
    pub(super) fn texts(&self, path: &Path<'_>) -> (String, String) {
        let dotted = path.dotted();
        let field = match (self.prefix, dotted.as_str()) {
            ("", "") => "<nil>".to_owned(),
            ("", path) => path.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}.{path}"),
        };
        (field, dotted)
    }
}

/// Checks `view`, which `old` is the former state of.
///
/// What is found is dropped again if the value has not changed: an update is not refused for what
/// it found there.
pub(crate) fn check(
    view: View<'_>,
    old: Option<Correlation<'_>>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Findings,
) {
    let Some(schema) = view.schema else { return };
    let before = out.list.len();
    let data = view.node.data();
    if let Data::Null = data {
        check_null(schema, at, path, out);
    } else {
        check_type(schema, &data, at, path, out);
        check_value(schema, view, &data, at, path, out);
        match data {
            Data::Array(_) => check_items(view, old, at, path, out),
            Data::Object(_) => check_fields(schema, view, old, at, path, out),
            _ => {}
        }
    }
    if out.list.len() > before && old.is_some_and(Correlation::is_unchanged) {
        out.list.truncate(before);
    }
}

fn check_null(schema: &Schema, at: At<'_>, path: &Path<'_>, out: &mut Findings) {
    if schema.types != Types::Any && !schema.nullable {
        let (field, text) = at.texts(path);
        let wanted = schema.types.name();
        out.push(types::mismatch(&field, &text, wanted, "null"));
    }
    if !schema.one_of_values.is_empty() {
        let shown = BadValue::Json("null".to_owned());
        out.push(not_supported(schema, shown, at.texts(path).0));
    }
}

fn check_type(schema: &Schema, data: &Data<'_>, at: At<'_>, path: &Path<'_>, out: &mut Findings) {
    if schema.types.admits(data) {
        return;
    }
    let (field, text) = at.texts(path);
    let found = type_name(data);
    if schema.format == Format::DateTime {
        // With a format the API server lets arrays pass as strings.
        if !matches!(data, Data::Array(_)) {
            out.push(types::mismatch(&field, &text, "date-time", go_format(data)));
        }
        return;
    }
    out.push(types::mismatch(&field, &text, schema.types.name(), found));
    if schema.types == Types::IntOrString {
        let prefix = if at.prefix.is_empty() {
            "<nil>"
        } else {
            at.prefix
        };
        out.push(Violation::invalid(
            prefix,
            BadValue::text(""),
            format!("\"{text}\" must validate at least one schema (anyOf)"),
        ));
        out.push(types::mismatch(&field, &text, "integer", found));
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

fn check_value(
    schema: &Schema,
    view: View<'_>,
    data: &Data<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Findings,
) {
    if let Data::String(value) = data {
        out.list
            .extend(text::check(schema, value, &at, path).into_iter().flatten());
    }
    if let Some(minimum) = schema.minimum {
        out.list.extend(minimum.check(data, || at.texts(path)));
    }
    if !schema.one_of_values.is_empty() && !is_listed(schema, data) {
        out.push(not_supported(schema, view.shown(), at.texts(path).0));
    }
}

fn is_listed(schema: &Schema, data: &Data<'_>) -> bool {
    schema.one_of_values.iter().any(|value| match *data {
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
fn not_supported(schema: &Schema, shown: BadValue, field: String) -> Violation {
    let listed: Vec<String> = schema
        .one_of_values
        .iter()
        .map(|value| match value.as_str() {
            Some(text) => go::Quoted(text).to_string(),
            None => go::Quoted(&value.to_string()).to_string(),
        })
        .collect();
    let detail = format!("supported values: {}", listed.join(", "));
    Violation::new(Kind::NotSupported, field, shown, detail)
}

fn check_items(
    view: View<'_>,
    old: Option<Correlation<'_>>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Findings,
) {
    let old = OldItems::of(old);
    for (index, item) in view.items().enumerate() {
        let before = old.as_ref().and_then(|old| old.correlate(item));
        check(item, before, at, &path.index(index), out);
        if out.is_done() {
            return;
        }
    }
}

fn check_fields(
    schema: &Schema,
    view: View<'_>,
    old: Option<Correlation<'_>>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Findings,
) {
    let old = OldFields::of(old);
    for (name, field) in view.fields() {
        let before = old.as_ref().and_then(|old| old.correlate(name, field));
        check(field, before, at, &path.child(schema.segment(name)), out);
        if out.is_done() {
            return;
        }
    }
    for name in &schema.required {
        if view.get(name).is_none() {
            let (field, _) = at.texts(&path.field(name));
            out.push(Violation::required(field, ""));
        }
    }
}
