//! The rules of a schema at one place of an object.

use std::cell::OnceCell;

use super::eval::{Eval, Object};
use super::facts::{Facts, Spec};
use super::{Check, NativeRule};
use crate::error::{BadValue, Violation};
use crate::path::Path;
use crate::ratchet::Former;
use crate::schema::{PlacedRule, Schema};
use crate::view::View;

/// Whether the rules of a value hold; those that compare it with what it was aside.
pub(crate) fn hold(schema: &Schema, view: View<'_>) -> bool {
    let this = Object::new(view);
    let spec = OnceCell::new();
    let mut results = schema.rules.iter();
    results.all(|rule| {
        matches!(
            rule.native.evaluate(this, None, &spec),
            None | Some(Ok(true))
        )
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
    let spec = OnceCell::new();
    for rule in schema.rules.iter() {
        match rule.native.evaluate(this, old, &spec) {
            None | Some(Ok(true)) => {}
            Some(Ok(false)) => {
                let violation = rule.violation(path);
                if rule.native.is_forgivable() && former.is_some_and(Former::forgives) {
                    forgiven.push(violation);
                } else {
                    out.push(violation);
                }
            }
            Some(Err(fault)) => {
                let detail = format!("{fault} evaluating rule: {}", rule.message);
                let value = BadValue::text(schema.types.name());
                let violation = Violation::invalid(path.bracketed(), value, detail);
                out.push(violation.by_rule(rule.native.expression().into()));
            }
        }
    }
}

impl PlacedRule {
    #[cold]
    fn violation(&self, path: &Path<'_>) -> Violation {
        let message = self.message.as_ref();
        Violation::invalid(path.bracketed(), BadValue::Omitted, message)
            .by_rule(self.native.expression().into())
    }
}

impl NativeRule {
    /// Nothing if there is nothing to compare with.
    fn evaluate<'a>(
        &self,
        this: Eval<Object<'a>>,
        old: Option<Eval<Object<'a>>>,
        spec: &OnceCell<Spec<'a>>,
    ) -> Option<Eval<bool>> {
        match self.check {
            Check::State(check) => Some(this.and_then(check)),
            Check::Spec(check) => {
                Some(this.and_then(|this| check(spec.get_or_init(|| Spec::read(this)))))
            }
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
