//! Rules: compiled once, then evaluated for many values.

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
use super::version::Version;

/// Maximum cost of one evaluation of an expression.
pub(crate) const PER_CALL_LIMIT: u64 = 1_000_000;

const SELF: &str = "self";
const OLD_SELF: &str = "oldSelf";

/// Macros, functions and types of a Kubernetes release.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    functions: Arc<Functions>,
}

/// The form of the variable `oldSelf`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OldSelf {
    /// A value like `self`.
    Plain,
    /// An optional: `optionalOldSelf: true`.
    Optional,
}

/// The required type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// A rule.
    Bool,
    /// A message.
    String,
}

/// Why an expression is rejected, in the API server's words.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum CompileError {
    /// It has syntax or type errors. The text has their positions.
    #[error("compilation failed: {0}")]
    Issues(String),
    /// It has another type.
    #[error("must evaluate to a {}", match .0 { Wanted::Bool => "bool", Wanted::String => "string" })]
    WrongType(Wanted),
    /// A constant part cannot be evaluated.
    #[error("instantiation failed: {0}")]
    Constants(String),
}

impl Environment {
    pub(crate) fn new(version: Version) -> Self {
        Self {
            functions: Arc::new(Functions::new(version)),
        }
    }

    /// Compiles an expression over values of a declaration.
    pub(crate) fn compile(
        &self,
        text: &str,
        declaration: &Declaration,
        old_self: OldSelf,
        wanted: Wanted,
    ) -> Result<Program, CompileError> {
        let checked = self.check(text, declaration, old_self)?;
        // The type must be identical: a message such as `BoolValue` does not count, although it
        // equals a bool elsewhere.
        let found = (wanted, checked.ty(checked.root.id));
        if !matches!(
            found,
            (Wanted::Bool, Type::Bool) | (Wanted::String, Type::String)
        ) {
            return Err(CompileError::WrongType(wanted));
        }
        self.program(&checked, declaration)
    }

    /// Compiles an expression of any type.
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

    pub(crate) fn check(
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
        let checked = parser::parse(text, self.functions.version)
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

/// Whether an expression uses `oldSelf`, or any variable of that name.
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

/// A compiled expression, which many threads can evaluate at once.
#[derive(Debug)]
pub(crate) struct Program {
    plan: Plan,
    uses_old_self: bool,
    estimated_cost: u64,
}

/// The values of `self` and `oldSelf`; a fault if the value has another type than its schema.
#[derive(Clone, Debug)]
pub(crate) struct Variables<'a> {
    pub(crate) this: Result<Value<'a>, Fault>,
    /// `None` on creation; `optionalOldSelf` turns that into `optional.none()`.
    pub(crate) old: Option<Result<Value<'a>, Fault>>,
}

impl Program {
    /// Whether it is a transition rule.
    pub(crate) fn uses_old_self(&self) -> bool {
        self.uses_old_self
    }

    /// The maximum cost on values as large as the schema allows.
    pub(crate) fn estimated_cost(&self) -> u64 {
        self.estimated_cost
    }

    /// Evaluates the expression, unless that exceeds the cost limit.
    pub(crate) fn evaluate<'a>(&'a self, variables: Variables<'a>, limit: u64) -> Outcome<'a> {
        let Variables { this, old } = variables;
        let old = match old {
            Some(old) => old,
            None if self.uses_old_self => Err(Fault::text("no such attribute(s): oldSelf")),
            // The expression does not use it.
            None => Ok(Value::Null),
        };
        eval::evaluate(&self.plan, [this, old], limit)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cel::eval::Failure;

    fn declaration() -> Declaration {
        let schema = json!({
            "type": "object",
            "properties": {
                "name": {"type": "string", "maxLength": 10},
                "count": {"type": "integer"},
                "names": {"type": "array", "maxItems": 4, "items": {"type": "string", "maxLength": 5}},
            },
        });
        Declaration::of(&schema, false).expect("it is an object")
    }

    fn newest() -> Environment {
        of(35, 35)
    }

    fn of(server: u32, compatible: u32) -> Environment {
        Environment::new(Version { server, compatible })
    }

    /// The result of an expression, and its cost.
    fn run(text: &str, limit: u64) -> (String, u64) {
        let object = json!({"name": "abc", "names": ["a", "bb"]});
        let environment = newest();
        let program = environment
            .compile_any(text, &declaration(), OldSelf::Plain)
            .unwrap_or_else(|error| panic!("{text}: {error}"));
        let variables = Variables {
            this: Ok(Value::from(&object)),
            old: None,
        };
        let Outcome { value, cost } = program.evaluate(variables, limit);
        let shown = match value {
            Ok(value) => value.to_string(),
            Err(Failure::Fault(fault)) => fault.to_string(),
            Err(Failure::CostLimit) => "too much".to_owned(),
        };
        (shown, cost)
    }

    /// Values and costs from cel-go.
    #[test]
    fn expressions_have_the_values_and_costs_of_the_server() {
        let cases = [
            ("1 + 2 * 3", "7", 2),
            ("self.name == 'abc'", "true", 3),
            ("self.names.all(n, n.size() < 3)", "true", 15),
            ("self.names.exists(n, n == 'bb')", "true", 15),
            ("self.names.map(n, n + '!')", "[a!, bb!]", 31),
            ("self.names.filter(n, n != 'a')", "[bb]", 20),
            ("self.count > 1 || true", "true", 3),
            ("has(self.count) ? self.count : -1", "-1", 1),
            ("self.?count.orValue(7)", "7", 1),
            ("self.names[2]", "index out of bounds: 2", 3),
            ("self.count", "no such key: count", 2),
            ("1 / 0 == 1 || self.name == ''", "division by zero", 4),
            ("self.name in ['abc', 'd']", "true", 2),
            (
                "[self.count].sort()",
                "internal error: interface conversion: *types.Err is not traits.Lister: missing method Add",
                12,
            ),
        ];
        for (text, value, cost) in cases {
            assert_eq!(
                run(text, PER_CALL_LIMIT),
                (value.to_owned(), cost),
                "{text}"
            );
        }
    }

    /// The server's maps find keys as Go does.
    #[test]
    fn the_keys_of_a_map_are_told_apart_by_value() {
        let cases = [
            ("{ip('1.2.3.4'): 1, ip('1.2.3.4'): 2}.size()", "1", 33),
            ("ip('1.2.3.4') in {ip('1.2.3.4'): 1}", "true", 33),
            ("ip('1.2.3.5') in {ip('1.2.3.4'): 1}", "false", 33),
            (
                "{ip('1.2.3.4'): 1}[ip('1.2.3.4')]",
                "invalid qualifier type: cel.IP",
                34,
            ),
            (
                "['::1', '::1'].transformMapEntry(i, v, {ip(v): i})",
                "insert failed: key ::1 already exists",
                71,
            ),
            ("cidr('1.2.3.4/8') in {cidr('1.2.3.4/8'): 1}", "true", 33),
            ("cidr('1.2.3.5/8') in {cidr('1.2.3.4/8'): 1}", "false", 33),
            (
                "timestamp(5) in {google.protobuf.Timestamp{seconds: 5}: 1}",
                "true",
                71,
            ),
            (
                "timestamp('2024-01-01T01:00:00+01:00') in {timestamp('2024-01-01T00:00:00Z'): 1}",
                "false",
                1,
            ),
            ("{type(1): 1, int: 2}.size()", "1", 1),
            ("dyn(b'a') in {}", "false", 1),
            ("optional.none() in {optional.none(): 1}", "true", 33),
            ("{-0.0: 1}.map(k, 1.0 / k)", "[-Inf]", 15),
            ("{0.0: 1, -0.0: size('a')}.map(k, 1.0 / k)", "[-Inf]", 46),
        ];
        for (text, value, cost) in cases {
            assert_eq!(
                run(text, PER_CALL_LIMIT),
                (value.to_owned(), cost),
                "{text}"
            );
        }
    }

    #[test]
    fn what_costs_too_much_stops() {
        assert_eq!(
            run("self.names.all(n, n != '')", 9),
            ("too much".to_owned(), 10)
        );
        // No step costs more than 1, so none exceeds the limit by more than that.
        for limit in 1..=12 {
            let stopped = ("too much".to_owned(), limit + 1);
            assert_eq!(run("self.names.exists(n, n == '')", limit), stopped);
        }
        assert_eq!(run("lists.range(100000000).size() > 0", 1000).0, "too much");
    }

    #[test]
    fn issues_have_positions() {
        let environment = newest();
        let cases = [
            (
                "self.nam == 'a'",
                "ERROR: <input>:1:5: undefined field 'nam'\n | self.nam == 'a'\n | ....^",
            ),
            (
                "foo(1)",
                "ERROR: <input>:1:4: undeclared reference to 'foo' (in container '')\n | foo(1)\n | ...^",
            ),
            (
                "self.count + 'a'",
                "ERROR: <input>:1:12: found no matching overload for '_+_' applied to '(int, string)'\n | self.count + 'a'\n | ...........^",
            ),
            (
                "[1, 'a'] == []",
                "ERROR: <input>:1:5: expected type 'int' but found 'string'\n | [1, 'a'] == []\n | ....^",
            ),
            (
                "{}.transformMap(k, v, v).size() == [?optional.none().value()].size()",
                "ERROR: <input>:1:59: expected type 'optional_type(_var11)' but found '_var11'\n | {}.transformMap(k, v, v).size() == [?optional.none().value()].size()\n | ..........................................................^",
            ),
            (
                "'a'.matches('[')",
                "ERROR: <input>:1:13: invalid matches argument\n | 'a'.matches('[')\n | ............^",
            ),
            (
                "for == 1",
                "ERROR: <input>:1:1: reserved identifier: for\n | for == 1\n | ^",
            ),
        ];
        for (text, issue) in cases {
            let error = environment.compile(text, &declaration(), OldSelf::Plain, Wanted::Bool);
            let error = error.expect_err(text).to_string();
            assert_eq!(error, format!("compilation failed: {issue}"));
        }
        let error = environment.compile("1", &declaration(), OldSelf::Plain, Wanted::Bool);
        assert_eq!(error.err(), Some(CompileError::WrongType(Wanted::Bool)));
        let message = "google.protobuf.BoolValue{value: true}";
        let error = environment.compile(message, &declaration(), OldSelf::Plain, Wanted::Bool);
        assert_eq!(error.err(), Some(CompileError::WrongType(Wanted::Bool)));
    }

    #[test]
    fn an_environment_has_what_its_release_has() {
        let is_known = |server, compatible, text| {
            let environment = of(server, compatible);
            let program = environment.compile_any(text, &declaration(), OldSelf::Plain);
            program.is_ok()
        };
        for (since, text) in [
            (28, "self.?name"),
            (28, "quantity('1') == quantity('1')"),
            (32, "self.names.all(i, n, n != '')"),
            (34, "self.names.sort()"),
        ] {
            assert!(
                is_known(35, since, text) && !is_known(35, since - 1, text),
                "{text}"
            );
        }
        // A library of the server brought the function, for any compatibility version.
        let text = "self.names.first().hasValue()";
        assert!(is_known(33, 32, text) && is_known(33, 28, text) && !is_known(32, 32, text));
    }

    #[test]
    fn the_maximum_cost_comes_from_the_schema() {
        let environment = newest();
        for (text, cost) in [
            ("self.name == 'abc'", 3),
            ("self.names.all(n, n.startsWith('a'))", 23),
            ("oldSelf.name == self.name", 8),
        ] {
            let program = environment.compile_any(text, &declaration(), OldSelf::Plain);
            let program = program.expect(text);
            assert_eq!(program.estimated_cost(), cost, "{text}");
            assert_eq!(program.uses_old_self(), text.starts_with("oldSelf"));
        }
    }
}
