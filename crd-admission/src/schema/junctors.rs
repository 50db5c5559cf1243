//! `allOf`, `anyOf`, `oneOf` and `not`.
//!
//! They validate the value as stored; ratcheting does not apply to them. If several alternatives
//! fail, the server reports the one with the most successful checks.

use std::collections::HashSet;

use super::check::{At, admits, count, has_type, report, report_null};
use super::{Schema, Types, listed};
use crate::error::Violation;
use crate::json::Data;
use crate::path::Path;
use crate::view::View;

/// The schemas of `allOf`, `anyOf`, `oneOf` and `not`.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "they are keywords")]
pub struct Junctors {
    pub all_of: Vec<Schema>,
    pub any_of: Vec<Schema>,
    pub one_of: Vec<Schema>,
    pub not: Option<Schema>,
}

/// The result of checking a value.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) errors: Vec<Violation>,
    /// Path and text of each error.
    told: HashSet<(String, String)>,
    /// The number of successful checks, as the server counts them.
    matches: usize,
}

impl Outcome {
    fn is_valid(&self) -> bool {
        self.errors.is_empty()
    }

    /// The server does not repeat an error of a field.
    fn add(&mut self, error: Violation) {
        let told = (error.path.as_str().to_owned(), error.detail.clone());
        if self.told.insert(told) {
            self.errors.push(error);
        }
    }

    fn merge(&mut self, other: Self) {
        self.matches += other.matches;
        other.errors.into_iter().for_each(|error| self.add(error));
    }
}

impl Junctors {
    /// Whether a value satisfies all of them; it is not null.
    pub(super) fn hold(&self, view: View<'_>) -> bool {
        let holds = |schema: &Schema| holds(schema, view);
        let Self {
            all_of,
            any_of,
            one_of,
            not,
        } = self;
        all_of.iter().all(holds)
            && (any_of.is_empty() || any_of.iter().any(holds))
            && (one_of.is_empty() || one_of.iter().filter(|schema| holds(schema)).count() == 1)
            && !not.as_ref().is_some_and(holds)
    }

    /// All of the schemas.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = &Schema> {
        let lists = [&self.all_of, &self.any_of, &self.one_of];
        lists.into_iter().flatten().chain(&self.not)
    }
}

/// Whether a value satisfies a schema, with everything in it.
fn holds(schema: &Schema, view: View<'_>) -> bool {
    let data = view.node.data();
    if !admits(schema, &data) || !super::within(schema, view) {
        return false;
    }
    match data {
        Data::Array(_) => {
            let items = schema.items.as_deref();
            items.is_none_or(|schema| view.items().all(|item| holds(schema, item)))
        }
        Data::Object(_) => {
            let has_required = schema.required.iter().all(|name| view.get(name).is_some());
            let mut properties = schema.properties.iter();
            has_required
                && properties.all(|property| {
                    let value = view.get(&property.name);
                    value.is_none_or(|value| holds(&property.schema, value))
                })
                && others_hold(schema, view)
        }
        _ => true,
    }
}

fn others_hold(schema: &Schema, view: View<'_>) -> bool {
    let Some(additional) = schema.additional.as_deref() else {
        return true;
    };
    let mut fields = view.fields();
    fields.all(|(name, value)| schema.property(name).is_some() || holds(additional, value))
}

/// Reports violations of a value that is not null.
pub(super) fn report_all(
    junctors: &Junctors,
    view: View<'_>,
    at: At<'_>,
    path: &Path<'_>,
) -> Outcome {
    let mut out = Outcome::default();
    report_any_of(&junctors.any_of, view, at, path, &mut out);
    report_one_of(&junctors.one_of, view, at, path, &mut out);
    report_all_of(&junctors.all_of, view, at, path, &mut out);
    if junctors.not.as_ref().is_some_and(|not| holds(not, view)) {
        out.add(at.combined(path, "must not validate the schema (not)"));
    }
    out.matches += 1;
    out
}

fn report_any_of(
    schemas: &[Schema],
    view: View<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Outcome,
) {
    let mut best: Option<Outcome> = None;
    for schema in schemas {
        let outcome = check(schema, view, at, path);
        if outcome.is_valid() {
            out.matches += outcome.matches;
            return;
        }
        if best
            .as_ref()
            .is_none_or(|best| outcome.matches > best.matches)
        {
            best = Some(outcome);
        }
    }
    if let Some(best) = best {
        out.add(at.combined(path, "must validate at least one schema (anyOf)"));
        out.merge(best);
    }
}

fn report_one_of(
    schemas: &[Schema],
    view: View<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Outcome,
) {
    let mut valid: Option<Outcome> = None;
    let mut best: Option<Outcome> = None;
    let mut validated = 0;
    for schema in schemas {
        let outcome = check(schema, view, at, path);
        if outcome.is_valid() {
            validated += 1;
            best = None;
            valid.get_or_insert(outcome);
        } else if validated == 0
            && best
                .as_ref()
                .is_none_or(|best| outcome.matches > best.matches)
        {
            best = Some(outcome);
        }
    }
    let why = match validated {
        _ if schemas.is_empty() => return,
        1 => {
            out.matches += valid.map_or(0, |valid| valid.matches);
            return;
        }
        0 => "Found none valid".to_owned(),
        count => format!("Found {count} valid alternatives"),
    };
    let text = format!("must validate one and only one schema (oneOf). {why}");
    out.add(at.combined(path, &text));
    if let Some(best) = best {
        out.merge(best);
    }
}

fn report_all_of(
    schemas: &[Schema],
    view: View<'_>,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Outcome,
) {
    let mut validated = 0;
    for schema in schemas {
        let outcome = check(schema, view, at, path);
        validated += usize::from(outcome.is_valid());
        out.merge(outcome);
    }
    if validated != schemas.len() {
        let none = if validated == 0 {
            ". None validated"
        } else {
            ""
        };
        out.add(at.combined(
            path,
            &format!("must validate all the schemas (allOf){none}"),
        ));
    }
}

/// Checks a value against one of the schemas; counts the successful checks.
fn check(schema: &Schema, view: View<'_>, at: At<'_>, path: &Path<'_>) -> Outcome {
    let data = view.node.data();
    let mut out = Outcome::default();
    let mut errors = Vec::new();
    if let Data::Null = data {
        report_null(schema, at, path, &mut errors);
        out.matches = usize::from(schema.types == Types::Any || schema.nullable);
        for error in errors {
            out.add(error);
        }
        return out;
    }
    if !admits(schema, &data) {
        report(schema, view, &data, at, path, &mut errors);
    }
    listed::report_container(schema, view, at, path, &mut errors);
    for error in errors {
        out.add(error);
    }
    out.matches += held(schema, &data);
    if let Some(junctors) = schema.junctors.as_deref() {
        out.merge(report_all(junctors, view, at, path));
    } else {
        out.matches += 1;
    }
    match data {
        Data::Array(items) => check_items(schema, view, count(items), at, path, &mut out),
        Data::Object(_) => check_fields(schema, view, at, path, &mut out),
        _ => {}
    }
    out
}

/// The number of checks that the server counts for the value itself: one for each that applies to
/// its type, successful or not, and some again if successful.
fn held(schema: &Schema, data: &Data<'_>) -> usize {
    let has_type_check = schema.types != Types::Any || schema.format.is_some();
    let of_type = usize::from(has_type_check) * (1 + usize::from(has_type(schema, data)));
    let of_kind = match data {
        Data::String(_) => 1 + usize::from(schema.format.is_some()),
        Data::Int(_) | Data::Float(_) | Data::Array(_) => 2,
        Data::Object(_) => 1,
        Data::Null | Data::Bool(_) => 0,
    };
    // The junctors, the enum and the schema itself count as one each.
    of_type + of_kind + 3
}

fn check_items(
    schema: &Schema,
    view: View<'_>,
    count: u64,
    at: At<'_>,
    path: &Path<'_>,
    out: &mut Outcome,
) {
    if let Some(items) = schema.items.as_deref() {
        for (index, item) in view.items().enumerate() {
            out.merge(check(items, item, at, &path.index(index)));
        }
    }
    if let Some(limits) = schema.limits.as_deref() {
        let mut errors = Vec::new();
        limits.report_items(count, || at.texts(path), &mut errors);
        for error in errors {
            out.add(error);
        }
    }
}

fn check_fields(schema: &Schema, view: View<'_>, at: At<'_>, path: &Path<'_>, out: &mut Outcome) {
    let mut errors = Vec::new();
    if let Some(limits) = schema.limits.as_deref() {
        limits.report_properties(count(view.fields()), || at.texts(path), &mut errors);
    }
    super::check_required(schema, view, at, path, &mut errors);
    for error in errors {
        out.add(error);
    }
    for property in schema.properties.iter() {
        if let Some(value) = view.get(&property.name) {
            out.merge(check(
                &property.schema,
                value,
                at,
                &path.field(&property.name),
            ));
        }
    }
}
