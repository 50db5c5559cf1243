//! All checks of an object's values, in one walk.
//!
//! The API server walks three times: for the schema, for list sets and maps, and for rules. Here
//! each value is visited once; findings are kept apart and reported in that order.

use crate::error::Violation;
use crate::json::{Data, Fields, Items};
use crate::list_type;
use crate::path::Path;
use crate::ratchet::{Correlation, Former, OldItems};
use crate::rule::{self, Budget, Out};
use crate::schema::{self, At, List, Schema};
use crate::view::View;

/// The checks to do.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Checks {
    pub(crate) schema: bool,
    /// Duplicate items of sets and keys of maps.
    pub(crate) lists: bool,
    pub(crate) rules: bool,
}

impl Checks {
    const NONE: Self = Self {
        schema: false,
        lists: false,
        rules: false,
    };
    pub(crate) const ALL: Self = Self {
        schema: true,
        lists: true,
        rules: true,
    };
    pub(crate) const SCHEMA: Self = Self {
        schema: true,
        ..Self::NONE
    };
    pub(crate) const LISTS: Self = Self {
        lists: true,
        ..Self::NONE
    };
    pub(crate) const RULES: Self = Self {
        rules: true,
        ..Self::NONE
    };

    /// The checks of the fast path. It skips compiled rules: their cost is counted over the whole
    /// object, by a walk.
    pub(crate) const fn quick(schema: &Schema) -> Self {
        Self {
            rules: !schema.has_compiled_rules,
            ..Self::ALL
        }
    }

    /// Whether there is anything to check at or below a node of the schema.
    pub(crate) const fn concern(self, schema: &Schema) -> bool {
        self.schema || self.lists && schema.has_unique_lists || self.rules && schema.has_rules
    }
}

/// When a walk stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// At the first finding.
    Any,
    /// At the violation that is reported first.
    First,
    End,
}

/// The findings.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) schema: Vec<Violation>,
    pub(crate) lists: Vec<Violation>,
    pub(crate) rules: Vec<Violation>,
    /// Broken rules that ratcheting ignores.
    pub(crate) forgiven: Vec<Violation>,
}

/// A walk through values.
pub(crate) struct Walk<'p> {
    pub(crate) checks: Checks,
    until: Until,
    at: At<'p>,
    pub(crate) found: Found,
    pub(crate) budget: Budget,
}

impl<'p> Walk<'p> {
    pub(crate) fn new(checks: Checks, until: Until) -> Self {
        Self {
            checks,
            until,
            at: At { prefix: "" },
            found: Found::default(),
            budget: Budget::default(),
        }
    }

    /// A walk that starts below the root.
    pub(crate) fn from(self, at: At<'p>) -> Self {
        Self { at, ..self }
    }

    /// A walk with a cost budget for rules.
    pub(crate) fn within(self, budget: Budget) -> Self {
        Self { budget, ..self }
    }

    pub(crate) fn is_done(&self) -> bool {
        let Found {
            schema,
            lists,
            rules,
            ..
        } = &self.found;
        match self.until {
            Until::Any => !(schema.is_empty() && lists.is_empty() && rules.is_empty()),
            Until::First => !schema.is_empty(),
            Until::End => false,
        }
    }

    /// Checks a value and everything in it.
    ///
    /// Schema violations of an unchanged value are dropped: ratcheting ignores them.
    pub(crate) fn value<'a>(
        &mut self,
        view: View<'a>,
        former: Option<&Former<'a>>,
        path: &Path<'_>,
    ) {
        let Some(schema) = view.schema.filter(|schema| self.checks.concern(schema)) else {
            return;
        };
        if self.is_done() {
            return;
        }
        let before = self.found.schema.len();
        let data = view.node.data();
        if self.checks.schema && !schema::admits(schema, &data) {
            schema::report(schema, view, &data, self.at, path, &mut self.found.schema);
        }
        if self.checks.schema && schema.looks_into(&data) && !schema::within(schema, view) {
            schema::report_within(schema, view, self.at, path, &mut self.found.schema);
        }
        if self.checks.rules && !schema.rules.is_empty() && !view.node.is_null() {
            let mut out = Out {
                violations: &mut self.found.rules,
                forgiven: &mut self.found.forgiven,
                budget: &mut self.budget,
            };
            rule::check(schema, view, former, path, &mut out);
            self.checks.rules &= !self.budget.has_run_out();
        }
        match data {
            Data::Array(items) => self.items(schema, view, items, former, path),
            Data::Object(fields) => self.fields(schema, view, fields, former, path),
            _ => {}
        }
        if self.found.schema.len() > before {
            let correlation = former.and_then(|former| former.correlation(view));
            if correlation.is_some_and(Correlation::is_unchanged) {
                self.found.schema.truncate(before);
            }
        }
    }

    fn items<'a>(
        &mut self,
        schema: &'a Schema,
        list: View<'a>,
        items: Items<'a>,
        former: Option<&Former<'a>>,
        path: &Path<'_>,
    ) {
        if self.checks.lists && schema.list != List::Atomic {
            list_type::check(schema, list, path, &mut self.found.lists);
        }
        if schema.items.is_none() {
            return;
        }
        let old = former.and_then(|former| OldItems::of(former.correlation(list)));
        for (index, item) in items.enumerate() {
            let item = list.item(item);
            let part =
                former.map(|former| former.part(old.as_ref().and_then(|old| old.correlate(item))));
            self.value(item, part.as_ref(), &path.index(index));
        }
    }

    fn fields<'a>(
        &mut self,
        schema: &'a Schema,
        object: View<'a>,
        fields: Fields<'a>,
        former: Option<&Former<'a>>,
        path: &Path<'_>,
    ) {
        let correlation = former.and_then(|former| former.correlation(object));
        let mut check = |name: &str, field: View<'a>| {
            let field_before = || correlation?.field(name, field);
            let part = former.map(|former| former.part(field_before()));
            self.value(field, part.as_ref(), &path.child(schema.segment(name)));
        };
        for (name, node) in fields {
            if let Some(field) = object.field(name, node) {
                check(name, field);
            }
        }
        for (name, field) in object.added() {
            check(name, field);
        }
        if self.checks.schema {
            schema::check_required(schema, object, self.at, path, &mut self.found.schema);
        }
    }
}
