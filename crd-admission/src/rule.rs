//! The rules of a schema (`x-kubernetes-validations`), at one place of an object.

use std::borrow::Cow;
use std::cell::OnceCell;

use crate::error::{BadValue, ErrorType, Violation};
use crate::native::eval::{Eval, Object};
use crate::native::{Check, NativeRule, TOGETHER};
use crate::path::Path;
use crate::ratchet::Former;
use crate::schema::{Schema, Types};
use crate::view::View;

/// A rule at a place, and what the CRD says when it fails.
#[derive(Clone, Debug)]
pub struct PlacedRule {
    /// What evaluates it.
    pub native: NativeRule,
    /// `message`, trimmed; empty if there is none.
    pub message: Cow<'static, str>,
    /// `reason`.
    pub reason: ErrorType,
}

/// What rules that are checked together came to.
type Shared = OnceCell<[Eval<bool>; TOGETHER]>;

/// Whether the rules of a value hold; those that compare it with what it was aside.
pub(crate) fn hold(schema: &Schema, view: View<'_>) -> bool {
    let this = Object::new(view);
    let shared = Shared::new();
    let mut results = schema.rules.iter();
    results.all(|rule| {
        let result = rule.native.evaluate(this, None, &shared);
        matches!(result, None | Some(Ok(true)))
    })
}

/// Checks the rules of a value that is not null; broken ones that are forgiven are put apart.
pub(crate) fn check<'a>(
    schema: &Schema,
    view: View<'a>,
    former: Option<&Former<'a>>,
    path: &Path<'_>,
    out: &mut Vec<Violation>,
    forgiven: &mut Vec<Violation>,
) {
    let this = Object::new(view);
    let old = former.and_then(|former| former.old);
    let old = old.filter(|old| !old.node.is_null()).map(Object::new);
    let shared = Shared::new();
    for rule in schema.rules.iter() {
        match rule.native.evaluate(this, old, &shared) {
            None | Some(Ok(true)) => {}
            Some(Ok(false)) => {
                let violation = rule.violation(schema, view, path);
                if rule.native.is_forgivable() && former.is_some_and(Former::forgives) {
                    forgiven.push(violation);
                } else {
                    out.push(violation);
                }
            }
            Some(Err(fault)) => {
                let detail = format!("{fault} evaluating rule: {}", rule.shown());
                let value = BadValue::text(schema.types.declared());
                let violation = Violation::invalid(path.bracketed(), value, detail);
                out.push(violation.by_rule(rule.native.expression().into()));
            }
        }
    }
}

impl PlacedRule {
    /// What the API server calls the rule.
    fn shown(&self) -> &str {
        if self.message.is_empty() {
            self.native.expression().trim()
        } else {
            &self.message
        }
    }

    #[cold]
    fn violation(&self, schema: &Schema, view: View<'_>, path: &Path<'_>) -> Violation {
        let message = if self.message.is_empty() {
            format!("failed rule: {}", self.shown())
        } else {
            self.message.to_string()
        };
        let is_container = matches!(schema.types, Types::Object | Types::Array);
        let (value, message) = match self.reason {
            ErrorType::Forbidden | ErrorType::Required => (BadValue::Omitted, message),
            ErrorType::Duplicate if is_container => (BadValue::Omitted, String::new()),
            ErrorType::Duplicate => (view.shown(), String::new()),
            _ if is_container => (BadValue::Omitted, message),
            _ => (view.shown(), message),
        };
        Violation::new(self.reason, path.bracketed(), value, message)
            .by_rule(self.native.expression().into())
    }
}

impl NativeRule {
    /// Nothing if there is nothing to compare with.
    fn evaluate<'a>(
        &self,
        this: Eval<Object<'a>>,
        old: Option<Eval<Object<'a>>>,
        shared: &Shared,
    ) -> Option<Eval<bool>> {
        match self.check {
            Check::State(check) => Some(this.and_then(check)),
            Check::OneOf(check, at) => Some(this.and_then(|this| {
                let results = shared.get_or_init(|| check(this));
                results.get(at).copied().unwrap_or(Ok(true))
            })),
            Check::Transition(check) => {
                let old = old?;
                Some(this.and_then(|this| check(this, old?)))
            }
        }
    }

    /// An update is never forgiven a forbidden change.
    const fn is_forgivable(&self) -> bool {
        !matches!(self.check, Check::Transition(_))
    }
}
