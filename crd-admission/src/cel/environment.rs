//! Rules: compiled once, then run on many values.

use std::sync::Arc;

use thiserror::Error;

use super::check::{self, Checked, Reference};
use super::declarations::Declaration;
use super::estimate::estimate;
use super::eval::{self, Outcome};
use super::fault::Fault;
use super::functions::Functions;
use super::parser;
use super::plan::Plan;
use super::types::Type;
use super::validators;
use super::value::Value;

/// What one expression may cost when it runs.
pub(crate) const PER_CALL_LIMIT: u64 = 1_000_000;

const SELF: &str = "self";
const OLD_SELF: &str = "oldSelf";

/// Macros, functions and types of a release of Kubernetes.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    functions: Arc<Functions>,
}

/// What the variable `oldSelf` is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OldSelf {
    /// A value like `self`.
    Plain,
    /// An optional one: `optionalOldSelf: true`.
    Optional,
}

/// What an expression has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A rule.
    Bool,
    /// A message.
    String,
}

/// Why an expression is not accepted, in the words of the API server.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CompileError {
    /// It is no expression, or its types do not fit. The text says where.
    #[error("compilation failed: {0}")]
    Issues(String),
    /// Its value is of another type.
    #[error("must evaluate to a {}", match .0 { Wanted::Bool => "bool", Wanted::String => "string" })]
    WrongType(Wanted),
    /// What is constant in it cannot be computed.
    #[error("instantiation failed: {0}")]
    Constants(String),
}

impl Environment {
    /// The environment of Kubernetes 1.`minor`.
    pub(crate) fn new(minor: u32) -> Self {
        Self {
            functions: Arc::new(Functions::new(minor)),
        }
    }

    /// Compiles an expression on values of a declaration.
    pub(crate) fn compile(
        &self,
        text: &str,
        declaration: &Declaration,
        old_self: OldSelf,
        wanted: Wanted,
    ) -> Result<Program, CompileError> {
        let checked = self.check(text, declaration, old_self)?;
        let is_wanted = match wanted {
            Wanted::Bool => Type::Bool,
            Wanted::String => Type::String,
        };
        if *checked.ty(checked.root.id) != is_wanted {
            return Err(CompileError::WrongType(wanted));
        }
        self.program(&checked, declaration)
    }

    /// Compiles an expression of whatever type.
    #[cfg(test)]
    pub(crate) fn compile_any(
        &self,
        text: &str,
        declaration: &Declaration,
        old_self: OldSelf,
    ) -> Result<Program, CompileError> {
        let checked = self.check(text, declaration, old_self)?;
        self.program(&checked, declaration)
    }

    fn check(
        &self,
        text: &str,
        declaration: &Declaration,
        old_self: OldSelf,
    ) -> Result<Checked, CompileError> {
        let ty = &declaration.ty;
        let old_ty = match old_self {
            OldSelf::Plain => ty.clone(),
            OldSelf::Optional => Type::optional(ty.clone()),
        };
        let variables = [(SELF, ty.clone()), (OLD_SELF, old_ty)];
        let checked = parser::parse(text, self.functions.minor)
            .and_then(|ast| check::check(ast, &self.functions, &variables, declaration))
            .and_then(|checked| {
                validators::validate(&checked, &self.functions)?;
                Ok(checked)
            });
        checked.map_err(|issues| CompileError::Issues(issues.display(text)))
    }

    fn program(
        &self,
        checked: &Checked,
        declaration: &Declaration,
    ) -> Result<Program, CompileError> {
        let functions = Arc::clone(&self.functions);
        let plan = Plan::new(checked, functions, &[SELF, OLD_SELF]);
        Ok(Program {
            plan: plan.map_err(CompileError::Constants)?,
            uses_old_self: uses_old_self(checked),
            estimated_cost: estimate(checked, &self.functions, declaration).max,
        })
    }
}

/// Whether an expression looks at `oldSelf`, or at anything called so.
fn uses_old_self(checked: &Checked) -> bool {
    let mut left = vec![&checked.root];
    while let Some(expr) = left.pop() {
        if let super::ast::Kind::Ident(name) = &expr.kind
            && &**name == OLD_SELF
            && *checked.reference(expr.id) == Reference::Variable
        {
            return true;
        }
        left.extend(expr.children());
    }
    false
}

/// An expression that can run, on many threads at once.
#[derive(Debug)]
pub(crate) struct Program {
    plan: Plan,
    uses_old_self: bool,
    estimated_cost: u64,
}

/// What `self` and `oldSelf` are. A value that is not what its schema says is a fault.
#[derive(Clone, Debug)]
pub(crate) struct Variables<'a> {
    pub(crate) this: Result<Value<'a>, Fault>,
    /// Nothing on creation. For `optionalOldSelf` it is an optional then, without value.
    pub(crate) old: Option<Result<Value<'a>, Fault>>,
}

impl Program {
    /// Whether it is a transition rule.
    pub(crate) fn uses_old_self(&self) -> bool {
        self.uses_old_self
    }

    /// The most that it can cost on values as large as the schema allows.
    pub(crate) fn estimated_cost(&self) -> u64 {
        self.estimated_cost
    }

    /// Runs it, as long as it costs no more than the limit.
    pub(crate) fn evaluate<'a>(&'a self, variables: Variables<'a>, limit: u64) -> Outcome<'a> {
        let Variables { this, old } = variables;
        let absent = || Err(Fault::text("no such attribute(s): oldSelf"));
        let old = old.unwrap_or_else(absent);
        eval::evaluate(&self.plan, [this, old], limit)
    }
}
