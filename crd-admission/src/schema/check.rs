//! Validates a single value against its schema.

use apimachinery::go;

use super::types::{self, type_name};
use super::{Schema, Types, junctors, listed, text};
use crate::error::{BadValue, Violation};
use crate::field_path::{FieldPath, Step};
use crate::json::Data;
use crate::path::Path;
use crate::view::View;

/// The root of the schema: that of the object or, in an update of the status, that of the status.
///
/// For the latter the API server prefixes the field with `status.`, but not the text.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) prefix: &'a str,
}

impl At<'_> {
    /// A path as the field, and as the text shows it.
    pub(super) fn texts(&self, path: &Path<'_>) -> (FieldPath, String) {
        let mut dotted = path.dotted();
        // The server puts a dot before a key, even at the start.
        if let Some(Step::Key(_)) = path.steps().first() {
            dotted.insert(0, '.');
        }
        let text = match (self.prefix, dotted.as_str()) {
            ("", "") => "<nil>".to_owned(),
            ("", path) => path.to_owned(),
            (prefix, "") => prefix.to_owned(),
            (prefix, path) => format!("{prefix}.{}", path.trim_start_matches('.')),
        };
        let prefix = (!self.prefix.is_empty()).then(|| Step::Field(self.prefix.to_owned()));
        let steps = prefix.into_iter().chain(path.steps()).collect();
        (FieldPath::new(text, steps), dotted)
    }

    /// A violation of `allOf`, `anyOf`, `oneOf` or `not`, which the server reports at the root.
    #[cold]
    pub(super) fn combined(&self, path: &Path<'_>, text: &str) -> Violation {
        let (field, dotted) = self.texts(path);
        let root = if self.prefix.is_empty() {
            "<nil>"
        } else {
            self.prefix
        };
        Violation::invalid(
            FieldPath::new(root.to_owned(), field.steps().to_vec()),
            BadValue::text(""),
            format!("{} {text}", go::Quoted(&dotted)),
        )
    }
}

/// Whether a value itself is valid, without its content; see [`within`] for the rarer keywords.
pub(crate) fn admits<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    has_type(schema, data) && (!schema.is_narrowed || is_within(schema, data))
}

/// Whether a value has an allowed number of items or fields, is in the enum if it is a container,
/// and satisfies `allOf`, `anyOf`, `oneOf` and `not`.
pub(crate) fn within(schema: &Schema, view: View<'_>) -> bool {
    let data = view.node.data();
    let limits = schema.limits.as_deref().is_none_or(|limits| match &data {
        Data::Array(items) => limits.admit_items(count(items.clone())),
        Data::Object(_) => {
            limits.admit_properties(count(view.fields())) && others(schema, view).next().is_none()
        }
        _ => true,
    });
    let junctors = schema.junctors.as_deref();
    limits
        && listed::lists_container(schema, view)
        && (matches!(data, Data::Null) || junctors.is_none_or(|junctors| junctors.hold(view)))
}

pub(super) fn count(items: impl Iterator) -> u64 {
    items.count() as u64
}

/// Fields that `additionalProperties: false` forbids.
fn others<'a>(schema: &Schema, view: View<'a>) -> impl Iterator<Item = &'a str> {
    let forbids = schema
        .limits
        .as_ref()
        .is_some_and(|limits| limits.forbids_others);
    let fields = forbids.then(|| view.fields()).into_iter().flatten();
    fields
        .map(|(name, _)| name)
        .filter(|name| schema.property(name).is_none())
}

/// Whether the type is right; null always is. With a format the API server accepts arrays as
/// strings.
pub(super) fn has_type<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    let is_text = || matches!(data, Data::Null | Data::Array(_) | Data::String(_));
    let admits = match &schema.types {
        // A format without a type admits only strings, and arrays.
        Types::Any => schema.format.is_none() || is_text(),
        types => types.admits(data),
    };
    admits
        || match data {
            Data::Null => schema.nullable,
            Data::Array(_) | Data::String(_) => has_free_format(schema),
            _ => false,
        }
}

/// Whether the format makes the server ignore the type.
const fn has_free_format(schema: &Schema) -> bool {
    let is_number = matches!(
        schema.types,
        Types::Integer | Types::Number | Types::IntOrString { .. }
    );
    schema.format.is_some() && !is_number
}

/// Whether a value of the right type satisfies the other keywords.
pub(super) fn is_within<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    let fits = match data {
        Data::String(value) => text::admits(schema, value),
        Data::Int(_) | Data::Float(_) => is_in_bounds(schema, data),
        _ => true,
    };
    fits && listed::lists_scalar(schema, data)
}

fn is_in_bounds<I, F>(schema: &Schema, data: &Data<'_, I, F>) -> bool {
    let limits = schema.limits.as_deref();
    let excludes = limits.is_some_and(|limits| limits.excludes_minimum);
    schema
        .minimum
        .is_none_or(|minimum| minimum.admits(excludes, data))
        && limits.is_none_or(|limits| limits.admit_number(data))
}

/// Reports the keywords that a value violates, without its content.
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
    let limits = schema.limits.as_deref();
    let field = || at.texts(path);
    if let Some(minimum) = schema.minimum {
        let excludes = limits.is_some_and(|limits| limits.excludes_minimum);
        out.extend(minimum.check(excludes, data, field));
    }
    if let Some(limits) = limits {
        limits.report_number(data, field, out);
    }
    if !listed::lists_scalar(schema, data) {
        out.push(listed::not_supported(
            schema,
            view.shown(),
            at.texts(path).0,
        ));
    }
}

/// Reports a wrong number of items or fields, a container that is not in the enum, and violations
/// of `allOf`, `anyOf`, `oneOf` and `not`.
#[cold]
pub(crate) fn report_within(
    schema: &Schema,
    view: View<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    if let Some(limits) = schema.limits.as_deref() {
        let field = || at.texts(path);
        match view.node.data() {
            Data::Array(items) => limits.report_items(count(items), field, out),
            Data::Object(_) => {
                limits.report_properties(count(view.fields()), field, out);
                for name in others(schema, view) {
                    let (field, text) = field();
                    let detail = format!("{text}.{name} in body is a forbidden property");
                    out.push(Violation::invalid(field, BadValue::text(name), detail));
                }
            }
            _ => {}
        }
    }
    listed::report_container(schema, view, at, path, out);
    if let (Some(all), false) = (schema.junctors.as_deref(), view.node.is_null()) {
        out.append(&mut junctors::report_all(all, view, at, path).errors);
    }
}

/// Reports missing required fields.
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

pub(super) fn report_null(schema: &Schema, at: At<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    if schema.types != Types::Any && !schema.nullable {
        let (field, text) = at.texts(path);
        let wanted = schema.types.name();
        out.push(types::mismatch(field, &text, wanted, "null"));
    }
    if !schema.one_of_values.is_empty() {
        let shown = BadValue::Json("null".to_owned());
        out.push(listed::not_supported(schema, shown, at.texts(path).0));
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
    let is_text = matches!(data, Data::String(_) | Data::Array(_));
    let format = schema.format.as_ref().filter(|_| !is_text);
    if let Some(format) = format.filter(|format| format.name != go_format(data)) {
        out.push(types::mismatch(field, &text, &format.name, go_format(data)));
        return;
    }
    out.push(types::mismatch(
        field.clone(),
        &text,
        schema.types.name(),
        found,
    ));
    if let Types::IntOrString {
        is_said_twice: true,
    } = schema.types
    {
        out.push(at.combined(path, "must validate at least one schema (anyOf)"));
        out.push(types::mismatch(field, &text, "integer", found));
    }
}

/// For a node with a format the API server shows the format of the value's Go type.
const fn go_format(data: &Data<'_>) -> &'static str {
    match data {
        Data::Int(_) => "int64",
        Data::Float(_) => "float64",
        _ => "",
    }
}
