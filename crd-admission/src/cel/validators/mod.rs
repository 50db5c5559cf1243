//! The API server's checks of well-typed expressions: invalid literals, and lists and maps of mixed
//! types.

mod format;

use super::ast::{Call, Entry, Expr, Kind, List};
use super::check::Checked;
use super::functions::Functions;
use super::library::{Overload, call_first};
use super::source::Issues;
use super::types::Type;
use super::value::Value;
use crate::regexp::Regex;

/// Reports invalid literals. Lists and maps are checked in every environment, the rest since 1.29.
pub(crate) fn validate(checked: &Checked, functions: &Functions) -> Result<(), Issues> {
    let mut validator = Validator {
        checked,
        issues: Issues::default(),
    };
    let all = descendants(&checked.root);
    let alike = all.iter().filter(|within| !within.format);
    for within in alike.clone() {
        if let Kind::List(list) = &within.expr.kind {
            validator.list(list);
        }
    }
    for within in alike {
        if let Kind::Map(entries) = &within.expr.kind {
            validator.map(entries);
        }
    }
    if functions.version.compatible >= 29 {
        for function in ["duration", "timestamp"] {
            validator.literals(&all, function, |value| convert(functions, function, value));
        }
        validator.literals(&all, "matches", |value| match value {
            Value::String(pattern) => Regex::new(pattern).is_ok(),
            _ => true,
        });
        for within in &all {
            if let Some((at, message)) = format::issue(checked, functions, within.expr) {
                validator.report(at, message);
            }
        }
    }
    if validator.issues.is_empty() {
        Ok(())
    } else {
        Err(validator.issues)
    }
}

/// An expression, and whether it is within a call of `format`, whose values may have mixed types.
struct Within<'v> {
    expr: &'v Expr,
    format: bool,
}

/// An expression and its descendants, children first.
fn descendants(root: &Expr) -> Vec<Within<'_>> {
    let mut all = Vec::new();
    let mut left = vec![Within {
        expr: root,
        format: false,
    }];
    while let Some(Within { expr, format }) = left.pop() {
        let is_format = matches!(&expr.kind, Kind::Call(call) if &*call.function == "format");
        let children = expr.children().into_iter().map(|expr| Within {
            expr,
            format: format || is_format,
        });
        left.extend(children);
        all.push(Within { expr, format });
    }
    all.reverse();
    all
}

/// Whether a function accepts a literal.
fn convert(functions: &Functions, name: &str, value: &Value<'static>) -> bool {
    let overloads: Vec<&Overload> = functions
        .named(name)
        .filter_map(|at| functions.get(at))
        .collect();
    call_first(name, &overloads, std::slice::from_ref(value)).is_ok()
}

struct Validator<'v> {
    checked: &'v Checked,
    issues: Issues,
}

impl<'v> Validator<'v> {
    /// Checks literals that are the first argument of a function.
    fn literals(
        &mut self,
        all: &[Within<'_>],
        function: &str,
        test: impl Fn(&Value<'static>) -> bool,
    ) {
        for within in all {
            let Kind::Call(call) = &within.expr.kind else {
                continue;
            };
            let Call {
                function: called,
                arguments,
                ..
            } = &**call;
            if &**called == function
                && let Some(first) = arguments.first()
                && let Kind::Literal(value) = &first.kind
                && !test(value)
            {
                self.report(first, format!("invalid {function} argument"));
            }
        }
    }

    /// Reports the first item with another type than those before.
    fn list(&mut self, list: &List) {
        let mut first: Option<&Type> = None;
        for (item, is_optional) in list.items.iter().zip(&list.optional) {
            let Some(ty) = self.item(item, *is_optional) else {
                break;
            };
            if let Some(first) = first
                && first != ty
            {
                self.mismatch(item, first, ty);
                break;
            }
            first = first.or(Some(ty));
        }
    }

    fn map(&mut self, entries: &[Entry]) {
        let mut first: Option<(&Type, &Type)> = None;
        for entry in entries {
            let key = self.checked.ty(entry.key.id);
            let Some(value) = self.item(&entry.value, entry.is_optional) else {
                break;
            };
            let (first_key, first_value) = *first.get_or_insert((key, value));
            if first_key != key {
                self.mismatch(&entry.key, first_key, key);
            }
            if first_value != value {
                self.mismatch(&entry.value, first_value, value);
            }
        }
    }

    /// The type of an item, or of its value if it is optional. If that is unknown, the server
    /// panics.
    fn item(&mut self, expr: &Expr, is_optional: bool) -> Option<&'v Type> {
        let checked = self.checked;
        match checked.ty(expr.id) {
            Type::Optional(of) if is_optional => Some(of),
            other if is_optional => {
                self.mismatch(expr, &Type::optional(other.clone()), other);
                None
            }
            other => Some(other),
        }
    }

    fn mismatch(&mut self, expr: &Expr, expected: &Type, found: &Type) {
        self.report(
            expr,
            format!("expected type '{expected}' but found '{found}'"),
        );
    }

    fn report(&mut self, expr: &Expr, message: String) {
        let at = self.checked.positions.get(expr.id as usize).copied();
        self.issues.report(at, message);
    }
}
