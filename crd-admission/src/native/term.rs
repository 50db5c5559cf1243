//! The parsed text of a rule, to generate Rust from.

use thiserror::Error;

use crate::cel::ast::{Call, Expr, Fold, Kind, Select, operator};
use crate::cel::{Value, escape, parser};
use crate::target::Target;

/// An expression in the subset of CEL that has a native form: field access, comparisons with
/// constants, and string functions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Term {
    /// `self`
    This,
    /// `oldSelf`
    Former,
    /// A constant.
    Bool(bool),
    /// A constant.
    Int(i64),
    /// A constant.
    Text(String),
    /// `object.name`
    Field(Box<Self>, String),
    /// `has(object.name)`; contains a field.
    Has(Box<Self>),
    /// `!a`
    Not(Box<Self>),
    /// `a && b`
    And(Box<[Self; 2]>),
    /// `a || b`
    Or(Box<[Self; 2]>),
    /// `condition ? then : otherwise`
    If(Box<[Self; 3]>),
    /// A comparison of two values, with an operator that is the same in Rust: `==`, `!=`, `<`,
    /// `<=`, `>`, `>=`.
    Compared(Box<[Self; 2]>, &'static str),
    /// `key in map`
    Contains(Box<Self>, String),
    /// A test of a string.
    Asked(Box<Self>, Question),
    /// `[a, b, ...].exists_one(c, c)`
    ExactlyOne(Vec<Self>),
}

/// A test of a string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Question {
    /// `text.startsWith(start)`
    StartsWith(String),
    /// `text.endsWith(end)`
    EndsWith(String),
    /// `text.contains(part)`
    Contains(String),
    /// `text.matches(pattern)`
    Matches(String),
}

/// Why an expression has no native form. It can still be compiled.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoTerm {
    /// The text is not a CEL expression.
    #[error("{0}")]
    NotAnExpression(String),
    /// [`Term`] has no variant for a part of it.
    #[error("{0} has no native form")]
    Unknown(String),
}

impl Term {
    /// Parses the text of a rule.
    ///
    /// # Errors
    ///
    /// The text is not a CEL expression, or is outside of the subset.
    ///
    /// ```
    /// use crd_admission::native::Term;
    ///
    /// let this = Box::new(Term::This);
    /// let limits = Box::new(Term::Field(this, "limits".to_owned()));
    /// assert_eq!(Term::parse("!has(self.limits)"), Ok(Term::Not(Box::new(Term::Has(limits)))));
    /// assert!(Term::parse("self.all(key, key.size() > 3)").is_err());
    /// ```
    pub fn parse(expression: &str) -> Result<Self, NoTerm> {
        let ast = parser::parse(expression, Target::default().version())
            .map_err(|issues| NoTerm::NotAnExpression(issues.display(expression)))?;
        Self::of(&ast.root)
    }

    fn of(expr: &Expr) -> Result<Self, NoTerm> {
        match &expr.kind {
            Kind::Literal(Value::Bool(value)) => Ok(Self::Bool(*value)),
            Kind::Literal(Value::Int(number)) => Ok(Self::Int(*number)),
            Kind::Literal(Value::String(text)) => Ok(Self::Text(text.to_string())),
            Kind::Ident(name) if &**name == "self" => Ok(Self::This),
            Kind::Ident(name) if &**name == "oldSelf" => Ok(Self::Former),
            Kind::Select(select) => Self::field(select),
            Kind::Call(call) => Self::call(call),
            Kind::Fold(fold) => Self::exactly_one(fold),
            other => unknown(other),
        }
    }

    fn boxed(expr: &Expr) -> Result<Box<Self>, NoTerm> {
        Self::of(expr).map(Box::new)
    }

    fn field(select: &Select) -> Result<Self, NoTerm> {
        let Some(name) = escape::unescape(&select.field) else {
            return unknown(&select.field);
        };
        let field = Self::Field(Self::boxed(&select.operand)?, name.into_owned());
        Ok(if select.is_test {
            Self::Has(Box::new(field))
        } else {
            field
        })
    }

    fn call(call: &Call) -> Result<Self, NoTerm> {
        match (&call.receiver, call.arguments.as_slice()) {
            (Some(text), [argument]) => {
                let Self::Text(argument) = Self::of(argument)? else {
                    return unknown(&call.function);
                };
                let question = match &*call.function {
                    "startsWith" => Question::StartsWith(argument),
                    "endsWith" => Question::EndsWith(argument),
                    "contains" => Question::Contains(argument),
                    "matches" => Question::Matches(argument),
                    other => return unknown(other),
                };
                Ok(Self::Asked(Self::boxed(text)?, question))
            }
            (None, [value]) if &*call.function == operator::NOT => {
                Ok(Self::Not(Self::boxed(value)?))
            }
            (None, [a, b]) => Self::binary(&call.function, Self::of(a)?, Self::of(b)?),
            (None, [condition, then, otherwise]) if &*call.function == operator::CONDITIONAL => {
                let parts = [Self::of(condition)?, Self::of(then)?, Self::of(otherwise)?];
                Ok(Self::If(Box::new(parts)))
            }
            _ => unknown(&call.function),
        }
    }

    fn binary(function: &str, a: Self, b: Self) -> Result<Self, NoTerm> {
        let both = |a, b| Box::new([a, b]);
        Ok(match (function, a, b) {
            (operator::AND, a, b) => Self::And(both(a, b)),
            (operator::OR, a, b) => Self::Or(both(a, b)),
            ("@in", Self::Text(key), map) => Self::Contains(Box::new(map), key),
            (function, a, b) => {
                let operator = COMPARISONS.iter().find(|(name, _)| *name == function);
                let Some((_, operator)) = operator else {
                    return unknown(function);
                };
                Self::Compared(both(a, b), operator)
            }
        })
    }

    /// A fold that counts the true items of a list and compares the count with one.
    fn exactly_one(fold: &Fold) -> Result<Self, NoTerm> {
        let Kind::List(list) = &fold.range.kind else {
            return unknown("a macro on anything but a list literal");
        };
        let counts = |step: &Expr| {
            let Kind::Call(call) = &step.kind else {
                return false;
            };
            matches!(call.arguments.first().map(|item| &item.kind),
                Some(Kind::Ident(name)) if *name == fold.variable)
                && &*call.function == operator::CONDITIONAL
        };
        let is_compared = matches!(&fold.result.kind,
            Kind::Call(call) if &*call.function == operator::EQUALS);
        let is_exists_one = matches!(fold.init.kind, Kind::Literal(Value::Int(0)))
            && counts(&fold.step)
            && is_compared;
        if !is_exists_one || list.optional.contains(&true) {
            return unknown("a macro other than `exists_one(c, c)`");
        }
        let items = list.items.iter().map(Self::of);
        Ok(Self::ExactlyOne(items.collect::<Result<_, _>>()?))
    }
}

/// Operators, in CEL's AST and in Rust.
const COMPARISONS: [(&str, &str); 6] = [
    (operator::EQUALS, "=="),
    (operator::NOT_EQUALS, "!="),
    ("_<_", "<"),
    ("_<=_", "<="),
    ("_>_", ">"),
    ("_>=_", ">="),
];

fn unknown<T>(what: impl std::fmt::Debug) -> Result<T, NoTerm> {
    Err(NoTerm::Unknown(format!("{what:?}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_no_term_is_named() {
        for (text, what) in [
            ("size(self.a) < 3", "size"),
            ("self.a.exists(c, c)", "macro"),
            ("[self.a].all(c, c)", "exists_one"),
            ("[self.a].exists_one(c, !c)", "exists_one"),
            ("self.a.startsWith(self.b)", "startsWith"),
            ("1.5", "1.5"),
            ("self.a ==", "ERROR"),
        ] {
            let error = Term::parse(text).unwrap_err();
            assert!(error.to_string().contains(what), "{text}: {error}");
        }
    }

    #[test]
    fn names_are_those_of_the_schema() {
        let field = Term::parse("self.__namespace__").unwrap();
        assert_eq!(field, Term::Field(Box::new(Term::This), "namespace".into()));
    }

    #[test]
    fn the_terms_of_a_choice_are_its_items() {
        let term = Term::parse("[has(self.a), self.b == 1].exists_one(c, c)").unwrap();
        let Term::ExactlyOne(items) = term else {
            panic!("{term:?}")
        };
        assert_eq!(items.len(), 2);
        assert!(matches!(items[1], Term::Compared(_, "==")));
    }
}
