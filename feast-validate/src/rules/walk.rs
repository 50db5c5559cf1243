//! Every rule of an object, at its place.

use super::eval::{Eval, Object};
use super::{Check, NativeRule};
use crate::error::{BadValue, Findings, Violation};
use crate::path::Path;
use crate::ratchet::{Correlation, OldFields, OldItems};
use crate::schema::{PlacedRule, Schema};
use crate::view::View;

/// What is known of the former state of a value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Former<'a> {
    /// The value before, if it can be told which one that was.
    old: Option<View<'a>>,
    /// What decides whether a violation is forgiven: the value itself or, where that cannot be
    /// told, the nearest one around it.
    nearest: Option<Correlation<'a>>,
}

impl<'a> Former<'a> {
    pub(crate) fn of(correlation: Option<Correlation<'a>>) -> Self {
        Self {
            old: correlation.map(|correlation| correlation.old),
            nearest: correlation,
        }
    }

    /// The former state of a part of the value.
    fn part(self, correlation: Option<Correlation<'a>>) -> Self {
        Self {
            old: correlation.map(|correlation| correlation.old),
            nearest: correlation.or(self.nearest),
        }
    }

    fn correlation(self, new: View<'a>) -> Option<Correlation<'a>> {
        Some(Correlation {
            new,
            old: self.old?,
        })
    }
}

/// Where violations go: those that refuse the object, and those that an update is forgiven.
pub(crate) struct Report<'r> {
    pub(crate) out: &'r mut Findings,
    pub(crate) forgiven: &'r mut Vec<Violation>,
}

/// Checks the rules at `view` and below.
pub(crate) fn check<'a>(
    view: View<'a>,
    former: Former<'a>,
    path: &Path<'_>,
    report: &mut Report<'_>,
) {
    let Some(schema) = view.schema.filter(|schema| schema.has_rules) else {
        return;
    };
    if view.node.is_null() || report.out.is_done() {
        return;
    }
    check_here(schema, view, former, path, report);
    let correlation = former.correlation(view);
    if schema.items.is_some() {
        let old = OldItems::of(correlation);
        for (index, item) in view.items().enumerate() {
            let old = old.as_ref().and_then(|old| old.correlate(item));
            check(item, former.part(old), &path.index(index), report);
        }
    }
    let has_fields = schema.additional.is_some() || !schema.properties.is_empty();
    if has_fields {
        check_fields(schema, view, former, path, report);
    }
}

fn check_fields<'a>(
    schema: &'a Schema,
    view: View<'a>,
    former: Former<'a>,
    path: &Path<'_>,
    report: &mut Report<'_>,
) {
    let old = OldFields::of(former.correlation(view));
    for (name, field) in view.fields() {
        if field.schema.is_none_or(|schema| !schema.has_rules) {
            continue;
        }
        let old = old.as_ref().and_then(|old| old.correlate(name, field));
        check(
            field,
            former.part(old),
            &path.child(schema.segment(name)),
            report,
        );
    }
}

fn check_here<'a>(
    schema: &Schema,
    view: View<'a>,
    former: Former<'a>,
    path: &Path<'_>,
    report: &mut Report<'_>,
) {
    if schema.rules.is_empty() {
        return;
    }
    let this = Object::new(view);
    let old = former
        .old
        .filter(|old| !old.node.is_null())
        .map(Object::new);
    for rule in &schema.rules {
        match rule.native.evaluate(this, old) {
            None | Some(Ok(true)) => {}
            Some(Ok(false)) => {
                let violation = rule.violation(path);
                let is_forgiven = rule.native.is_forgivable()
                    && former.nearest.is_some_and(Correlation::is_unchanged);
                if is_forgiven {
                    report.forgiven.push(violation);
                } else {
                    report.out.push(violation);
                }
            }
            Some(Err(fault)) => {
                let detail = format!("{fault} evaluating rule: {}", rule.message);
                let value = BadValue::text(schema.types.name());
                report
                    .out
                    .push(Violation::invalid(path.bracketed(), value, detail));
            }
        }
    }
}

impl PlacedRule {
    #[cold]
    fn violation(&self, path: &Path<'_>) -> Violation {
        Violation::invalid(path.bracketed(), BadValue::Omitted, self.message.clone())
    }
}

impl NativeRule {
    /// Nothing if there is nothing to compare with.
    fn evaluate(
        &self,
        this: Eval<Object<'_>>,
        old: Option<Eval<Object<'_>>>,
    ) -> Option<Eval<bool>> {
        match self.check {
            Check::State(check) => Some(this.and_then(check)),
            Check::Transition(check) => {
                let old = old?;
                Some(this.and_then(|this| check(this, old?)))
            }
        }
    }

    /// An update is never forgiven a forbidden change.
    const fn is_forgivable(&self) -> bool {
        matches!(self.check, Check::State(_))
    }
}
