//! The rules of a schema (`x-kubernetes-validations`), for one value.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::sync::Arc;

use crate::cel::environment::{PER_CALL_LIMIT, Program, Variables};
use crate::cel::{Failure, Fault, Seen, Value};
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::{FieldPath, Step};
use crate::native::eval::{Eval, Object};
use crate::native::{Check, NativeRule, TOGETHER};
use crate::path::Path;
use crate::ratchet::Former;
use crate::schema::{Schema, Types};
use crate::view::View;

/// The cost limit of all rules of an object together.
const BUDGET: u64 = 10_000_000;
/// Maximum size of a computed message in bytes.
const LONGEST_MESSAGE: usize = 5 * 1024;
const NO_BUDGET: &str =
    "validation failed due to running out of cost budget, no further validation rules will be run";

/// A rule of a schema, with its message.
#[derive(Clone, Debug)]
pub struct PlacedRule {
    /// Its CEL text.
    pub expression: Cow<'static, str>,
    /// `message`; empty if there is none.
    pub message: Cow<'static, str>,
    /// `reason`.
    pub reason: ErrorType,
    /// Its evaluator.
    pub evaluator: Evaluator,
}

/// The evaluator of a rule.
#[derive(Clone, Debug)]
pub enum Evaluator {
    /// A native implementation.
    Native(NativeRule),
    /// The compiled CEL program.
    Compiled(Arc<Compiled>),
    /// The compile error. A compiled CRD has no such rule, but defaults may be checked with it
    /// before the CRD is rejected.
    Faulty(Arc<str>),
}

/// A compiled rule.
#[derive(Debug)]
pub struct Compiled {
    pub(crate) rule: Program,
    /// `messageExpression`.
    pub(crate) message: Option<Program>,
    /// `fieldPath`.
    pub(crate) field: Vec<Step>,
    /// `optionalOldSelf`.
    pub(crate) is_old_optional: bool,
}

/// The remaining cost budget of an object; `None` once it is exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Budget(Option<u64>);

impl Default for Budget {
    fn default() -> Self {
        Self(Some(BUDGET))
    }
}

impl Budget {
    pub(crate) const fn has_run_out(&self) -> bool {
        self.0.is_none()
    }

    /// Deducts a cost; returns whether there was enough.
    fn take(&mut self, cost: u64) -> bool {
        self.0 = self.0.and_then(|left| left.checked_sub(cost));
        self.0.is_some()
    }

    fn end(&mut self) {
        self.0 = None;
    }
}

/// Collects violations.
pub(crate) struct Out<'f> {
    pub(crate) violations: &'f mut Vec<Violation>,
    /// Broken rules that ratcheting ignores.
    pub(crate) forgiven: &'f mut Vec<Violation>,
    pub(crate) budget: &'f mut Budget,
}

/// The result of rules that are checked together.
type Shared = OnceCell<[Eval<bool>; TOGETHER]>;

/// Whether the rules of a value hold, without transition rules.
pub(crate) fn hold(schema: &Schema, view: View<'_>) -> bool {
    let this = Object::new(view);
    let shared = Shared::new();
    let mut rules = schema.rules.iter();
    rules.all(|rule| match &rule.evaluator {
        Evaluator::Native(native) => {
            let result = native.evaluate(this, None, &shared);
            matches!(result, None | Some(Ok(true)))
        }
        Evaluator::Compiled(compiled) => {
            let variables = compiled.variables(view, None, Seen::Typed);
            let holds = |variables| {
                let outcome = compiled.rule.evaluate(variables, PER_CALL_LIMIT);
                matches!(outcome.value, Ok(Value::Bool(true)))
            };
            variables.is_none_or(holds)
        }
        Evaluator::Faulty(_) => false,
    })
}

/// Checks the rules of a value that is not null; those that ratcheting ignores are collected apart.
pub(crate) fn check<'a>(
    schema: &'a Schema,
    view: View<'a>,
    former: Option<&Former<'a>>,
    path: &Path<'_>,
    out: &mut Out<'_>,
) {
    let place = Place {
        schema,
        view,
        old: former
            .and_then(|former| former.old)
            .filter(|old| !old.node.is_null()),
        is_forgiven: &|| former.is_some_and(Former::forgives),
        path,
        seen: if path.is_root() {
            Seen::Resource
        } else {
            Seen::Typed
        },
    };
    let shared = Shared::new();
    for rule in schema.rules.iter() {
        match &rule.evaluator {
            Evaluator::Native(native) => place.check_native(rule, native, &shared, out),
            Evaluator::Compiled(compiled) => place.check_compiled(rule, compiled, out),
            Evaluator::Faulty(why) => place.fail(rule, format!("rule compile error: {why}"), out),
        }
        if out.budget.has_run_out() {
            return;
        }
    }
}

/// A value with rules.
struct Place<'a, 'p> {
    schema: &'a Schema,
    view: View<'a>,
    old: Option<View<'a>>,
    is_forgiven: &'p dyn Fn() -> bool,
    path: &'p Path<'p>,
    seen: Seen,
}

impl Place<'_, '_> {
    fn check_native(
        &self,
        rule: &PlacedRule,
        native: &NativeRule,
        shared: &Shared,
        out: &mut Out<'_>,
    ) {
        let this = Object::new(self.view);
        match native.evaluate(this, self.old.map(Object::new), shared) {
            None | Some(Ok(true)) => {}
            Some(Ok(false)) => {
                let violation = self.broken(rule, &[], rule.default_message());
                self.add(violation, native.is_forgivable(), out);
            }
            Some(Err(fault)) => {
                let detail = format!("{fault} evaluating rule: {}", rule.shown());
                self.fail(rule, detail, out);
            }
        }
    }

    fn check_compiled(&self, rule: &PlacedRule, compiled: &Compiled, out: &mut Out<'_>) {
        let Some(variables) = compiled.variables(self.view, self.old, self.seen) else {
            return;
        };
        let outcome = compiled.rule.evaluate(variables, PER_CALL_LIMIT);
        if !out.budget.take(outcome.cost) {
            self.fail(rule, NO_BUDGET.to_owned(), out);
            return;
        }
        let shown = rule.shown();
        match outcome.value {
            Ok(Value::Bool(true)) => {}
            Ok(_) => self.report_broken(rule, compiled, out),
            Err(Failure::CostLimit) => {
                let detail = format!(
                    "'operation cancelled: actual cost limit exceeded': no further validation \
                     rules will be run due to call cost exceeds limit for rule: {shown}"
                );
                self.fail(rule, detail, out);
                out.budget.end();
            }
            Err(Failure::Fault(fault)) => {
                let fault = fault.to_string();
                let detail = if fault.starts_with("no such overload") {
                    format!(
                        "'{fault}': call arguments did not match a supported operator, function \
                         or macro signature for rule: {shown}"
                    )
                } else {
                    format!("{fault} evaluating rule: {shown}")
                };
                self.fail(rule, detail, out);
            }
        }
    }

    fn report_broken(&self, rule: &PlacedRule, compiled: &Compiled, out: &mut Out<'_>) {
        let is_forgivable = !compiled.rule.uses_old_self();
        let message = match self.message(compiled, out.budget) {
            Ok(message) => message.unwrap_or_else(|| rule.default_message()),
            Err(detail) => {
                let path = below(&self.path.bracketed(), &compiled.field);
                let value = BadValue::text(self.schema.types.declared());
                let violation = Violation::invalid(path, value, detail);
                self.add(
                    violation.by_rule(rule.expression.clone()),
                    is_forgivable,
                    out,
                );
                out.budget.end();
                return;
            }
        };
        let violation = self.broken(rule, &compiled.field, message);
        self.add(violation, is_forgivable, out);
    }

    /// The result of `messageExpression`, if it has one.
    ///
    /// # Errors
    ///
    /// It exceeds the budget, which ends all rules.
    fn message(&self, compiled: &Compiled, budget: &mut Budget) -> Result<Option<String>, String> {
        let Some(message) = &compiled.message else {
            return Ok(None);
        };
        let old = self.old.map(|old| Value::of(old, self.seen));
        let variables = Variables {
            this: Value::of(self.view, self.seen),
            old: if compiled.is_old_optional {
                Some(Ok(optional(old)))
            } else {
                old
            },
        };
        let outcome = message.evaluate(variables, PER_CALL_LIMIT);
        if !budget.take(outcome.cost) {
            return Err(
                "messageExpression evaluation failed due to running out of cost budget, \
                        no further validation rules will be run"
                    .to_owned(),
            );
        }
        match outcome.value {
            Ok(Value::String(text)) => {
                let text = text.trim();
                let is_good =
                    !text.is_empty() && text.len() <= LONGEST_MESSAGE && !text.contains('\n');
                Ok(is_good.then(|| text.to_owned()))
            }
            Err(Failure::CostLimit) => Err("no further validation rules will be run due to call \
                                            cost exceeds limit for messageExpression"
                .to_owned()),
            _ => Ok(None),
        }
    }

    /// Reports a rule that cannot be evaluated, which ratcheting never ignores.
    #[cold]
    fn fail(&self, rule: &PlacedRule, detail: String, out: &mut Out<'_>) {
        let value = BadValue::text(self.schema.types.declared());
        let violation = Violation::invalid(self.path.bracketed(), value, detail);
        out.violations
            .push(violation.by_rule(rule.expression.clone()));
    }

    fn add(&self, violation: Violation, is_forgivable: bool, out: &mut Out<'_>) {
        if is_forgivable && (self.is_forgiven)() {
            out.forgiven.push(violation);
        } else {
            out.violations.push(violation);
        }
    }

    #[cold]
    fn broken(&self, rule: &PlacedRule, field: &[Step], message: String) -> Violation {
        let is_container = matches!(self.schema.types, Types::Object | Types::Array);
        let (value, message) = match rule.reason {
            ErrorType::Forbidden | ErrorType::Required => (BadValue::Omitted, message),
            ErrorType::Duplicate if is_container => (BadValue::Omitted, String::new()),
            ErrorType::Duplicate => (self.view.shown(), String::new()),
            _ if is_container => (BadValue::Omitted, message),
            _ => (self.view.shown(), message),
        };
        let path = below(&self.path.bracketed(), field);
        Violation::new(rule.reason, path, value, message).by_rule(rule.expression.clone())
    }
}

/// A path with more steps.
fn below(path: &FieldPath, steps: &[Step]) -> FieldPath {
    let mut text = path.as_str().to_owned();
    if text == "<nil>" && !steps.is_empty() {
        text.clear();
    }
    for step in steps {
        match step {
            Step::Field(name) => {
                text.push_str(if text.is_empty() { "" } else { "." });
                text.push_str(name);
            }
            Step::Key(key) => text.extend(["[", key, "]"]),
            Step::Index(index) => text.extend(["[", &index.to_string(), "]"]),
        }
    }
    let steps = path.steps().iter().chain(steps).cloned().collect();
    FieldPath::new(text, steps)
}

impl PlacedRule {
    /// The API server's name of the rule.
    fn shown(&self) -> &str {
        if self.message.is_empty() {
            self.expression.trim()
        } else {
            self.message.trim()
        }
    }

    fn default_message(&self) -> String {
        if self.message.is_empty() {
            return format!("failed rule: {}", self.shown());
        }
        self.message.trim().to_owned()
    }
}

/// The old value as `optionalOldSelf` shows it.
fn optional(old: Option<Result<Value<'_>, Fault>>) -> Value<'_> {
    match old {
        Some(old) => Value::some_or_fault(old),
        None => Value::Optional(None),
    }
}

impl Compiled {
    /// The input of the rule; `None` if there is no old value to compare with.
    fn variables<'a>(
        &self,
        view: View<'a>,
        old: Option<View<'a>>,
        seen: Seen,
    ) -> Option<Variables<'a>> {
        let this = Value::of(view, seen);
        let old = old.map(|old| Value::of(old, seen));
        let old = match old {
            _ if !self.rule.uses_old_self() => None,
            old if self.is_old_optional => Some(Ok(optional(old))),
            old => Some(old?),
        };
        Some(Variables { this, old })
    }
}

impl NativeRule {
    /// `None` if there is no old value to compare with.
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

    /// Ratcheting never ignores a forbidden change.
    const fn is_forgivable(&self) -> bool {
        !matches!(self.check, Check::Transition(_))
    }
}
