//! Compiles a node's rules and their messages, and estimates their cost.

use std::sync::Arc;

use crate::cel::declarations::Declaration;
use crate::cel::environment::{CompileError, Environment, OldSelf, Program, Wanted};
use crate::definition::{Node, steps};
use crate::error::{BadValue, ErrorType, Violation};
use crate::field_path::FieldPath;
use crate::native::NativeRule;
use crate::path::Path;
use crate::rule::{Compiled, Evaluator, PlacedRule};

/// Maximum estimated cost of an expression, over all of an object's values at its node.
const MOST_OF_ONE: u64 = 10_000_000;
/// Maximum estimated cost of all expressions of a schema.
const MOST_IN_ALL: u64 = 100_000_000;
/// If the total is too high, only expressions that cost at least this much are reported.
const NAMED: u64 = MOST_IN_ALL / 100;
/// The number of most expensive expressions to report.
const MOST_NAMED: usize = 4;

/// The cost of all expressions of a schema.
#[derive(Debug, Default)]
pub(super) struct TotalCost {
    total: u64,
    /// The most expensive expressions, in descending order.
    highest: Vec<(u64, FieldPath)>,
}

/// The expressions of one rule.
pub(super) struct Expressions<'p> {
    pub(super) environment: &'p Environment,
    /// Their variables.
    pub(super) declaration: &'p Declaration,
    /// The nearest list whose items have no old values.
    pub(super) atomic: Option<&'p Path<'p>>,
    /// The maximum number of such values in an object.
    pub(super) times: u64,
    /// The path of the rule.
    pub(super) path: &'p Path<'p>,
}

impl Expressions<'_> {
    /// Compiles a rule of a schema; `None` if it has errors, or if its text already had some.
    pub(super) fn rule(
        &self,
        rule: Node<'_>,
        schema: Node<'_>,
        twins: &[NativeRule],
        out: &mut Vec<Violation>,
        costs: &mut TotalCost,
    ) -> Option<PlacedRule> {
        let expression = rule.text("rule");
        // The server rejects it, and does not evaluate it on defaults.
        if expression.trim().is_empty() {
            return None;
        }
        let reason = match rule.text("reason") {
            "FieldValueForbidden" => ErrorType::Forbidden,
            "FieldValueRequired" => ErrorType::Required,
            "FieldValueDuplicate" => ErrorType::Duplicate,
            _ => ErrorType::Invalid,
        };
        let twin = twins.iter().find(|twin| twin.expression() == expression);
        let evaluator = match twin {
            Some(twin) => Evaluator::Native(*twin),
            None => self.compiled(rule, schema, out, costs)?,
        };
        Some(PlacedRule {
            expression: expression.to_owned().into(),
            message: rule.text("message").to_owned().into(),
            reason,
            evaluator,
        })
    }

    fn compiled(
        &self,
        rule: Node<'_>,
        schema: Node<'_>,
        out: &mut Vec<Violation>,
        costs: &mut TotalCost,
    ) -> Option<Evaluator> {
        let is_old_optional = rule.flag("optionalOldSelf");
        let old = if is_old_optional {
            OldSelf::Optional
        } else {
            OldSelf::Plain
        };
        let text = rule.text("rule");
        let before = out.len();
        let program = self.program("rule", text, (old, Wanted::Bool), out, costs);
        let uses_old = program.as_ref().is_some_and(Program::uses_old_self);
        let expression = rule.text("messageExpression");
        let mut message = None;
        if !expression.is_empty() && program.is_some() {
            let wanted = (old, Wanted::String);
            message = self.program("messageExpression", expression, wanted, out, costs);
        }
        if let Some(list) = self.atomic.filter(|_| uses_old) {
            let detail = format!(
                "oldSelf cannot be used on the uncorrelatable portion of the schema within {}",
                list.bracketed()
            );
            out.push(self.fault("rule", BadValue::text(text), detail));
        }
        if rule.has("optionalOldSelf") && !uses_old {
            let shown = BadValue::Bool(is_old_optional);
            let detail = "may not be set if oldSelf is not used in rule".to_owned();
            out.push(self.fault("optionalOldSelf", shown, detail));
        }
        for violation in out.iter_mut().skip(before) {
            violation.rule = Some(text.to_owned().into());
        }
        if program.is_none() {
            let why = out.get(before).map_or("", |violation| &violation.detail);
            return Some(Evaluator::Faulty(why.into()));
        }
        // An invalid path is an error of the definition; its defaults are still checked.
        let field = steps::find(rule.text("fieldPath").trim(), schema);
        let field = field.map(|(field, _)| field).unwrap_or_default();
        Some(Evaluator::Compiled(Arc::new(Compiled {
            rule: program?,
            message,
            field,
            is_old_optional,
        })))
    }

    fn program(
        &self,
        name: &str,
        text: &str,
        (old, wanted): (OldSelf, Wanted),
        out: &mut Vec<Violation>,
        costs: &mut TotalCost,
    ) -> Option<Program> {
        let program = match self
            .environment
            .compile(text, self.declaration, old, wanted)
        {
            Ok(program) => program,
            Err(error) => {
                out.push(self.fault(name, BadValue::text(text), detail(&error, wanted)));
                return None;
            }
        };
        let cost = program.estimated_cost().saturating_mul(self.times);
        if cost > MOST_OF_ONE {
            let what = match wanted {
                Wanted::Bool => "estimated rule cost",
                Wanted::String => "estimated messageExpression cost",
            };
            let path = self.path.field(name).bracketed();
            out.push(Violation::forbidden(
                path,
                too_costly(what, cost, MOST_OF_ONE),
            ));
        }
        costs.add(cost, || self.path.field(name).bracketed());
        Some(program)
    }

    fn fault(&self, name: &str, shown: BadValue, detail: String) -> Violation {
        Violation::invalid(self.path.field(name).bracketed(), shown, detail)
    }
}

fn detail(error: &CompileError, wanted: Wanted) -> String {
    let subject = match (error, wanted) {
        (_, Wanted::String) => "messageExpression ",
        (CompileError::Issues(_), Wanted::Bool) => "",
        (CompileError::WrongType(_), Wanted::Bool) => "cel expression ",
        (CompileError::Constants(_), Wanted::Bool) => "program ",
    };
    format!("{subject}{error}")
}

impl TotalCost {
    fn add(&mut self, cost: u64, path: impl FnOnce() -> FieldPath) {
        self.total = self.total.saturating_add(cost);
        if cost >= NAMED {
            let at = self.highest.partition_point(|(other, _)| *other >= cost);
            self.highest.insert(at, (cost, path()));
            self.highest.truncate(MOST_NAMED);
        }
    }

    /// The errors, if the total is too high for a schema.
    pub(super) fn faults(self, schema: &Path<'_>) -> Vec<Violation> {
        if self.total <= MOST_IN_ALL {
            return Vec::new();
        }
        let named = self.highest.into_iter().map(|(_, path)| {
            let detail = "contributed to estimated rule cost total exceeding cost limit for entire \
                          OpenAPIv3 schema";
            Violation::forbidden(path, detail)
        });
        let what = "x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema";
        let detail = too_costly(what, self.total, MOST_IN_ALL);
        let total = Violation::forbidden(schema.bracketed(), detail);
        named.chain([total]).collect()
    }
}

/// The API server's error about an estimated cost that is too high.
fn too_costly(what: &str, cost: u64, most: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "it is shown with one digit")]
    let factor = cost as f64 / most as f64;
    let factor = match factor {
        factor if factor > 100.0 => "more than 100x".to_owned(),
        factor if factor < 1.5 => format!("{factor:.6}x"),
        factor => format!("{factor:.1}x"),
    };
    format!(
        "{what} exceeds budget by factor of {factor} (try simplifying the rule, or adding maxItems, \
         maxProperties, and maxLength where arrays, maps, and strings are declared)"
    )
}
