//! Parses an expression to a tree.
//!
//! A parser of its own, because positions in errors, nesting limits and macros must be the API
//! server's. Binary operators are parsed by precedence.

mod operators;
mod primary;
mod reader;
mod trees;

use self::operators::{CALCULATIONS, RELATIONS};
use self::reader::{DEEPEST, Reader, Stopped};
use self::trees::Trees;
use super::ast::{Ast, Call, Expr, Id, Kind, Select, operator};
use super::lexer::{Lexeme, Token, tokens};
use super::macros;
use super::source::Issues;
use super::value::Value;
use super::version::Version;

/// Maximum length of an expression in characters.
const LONGEST: usize = 100_000;

/// Parses an expression with the macros of an environment.
pub(crate) fn parse(text: &str, version: Version) -> Result<Ast, Issues> {
    let mut issues = Issues::default();
    let length = text.chars().count();
    if length > LONGEST {
        issues.report(
            None,
            format!("expression code point size exceeds limit: size: {length}, limit {LONGEST}"),
        );
        return Err(issues);
    }
    let tokens = tokens(text, &mut issues);
    let mut parser = Parser {
        reader: Reader::new(&tokens, version, issues),
        trees: Trees::default(),
    };
    let root = parser.whole();
    match root {
        Ok(root) if parser.reader.issues.is_empty() => Ok(Ast {
            root,
            positions: parser.trees.positions,
        }),
        _ => Err(parser.reader.issues),
    }
}

struct Parser<'t> {
    reader: Reader<'t>,
    trees: Trees,
}

type Parsed<T = Expr> = Result<T, Stopped>;

impl<'t> Parser<'t> {
    fn whole(&mut self) -> Parsed {
        let root = self.expression()?;
        let end = self.reader.peek();
        if end.kind != Lexeme::End {
            return self.reader.unexpected(end, "<EOF>");
        }
        if self.trees.height(root.id) > DEEPEST {
            self.reader
                .issues
                .report(None, "max recursion depth exceeded");
            return Err(Stopped);
        }
        Ok(root)
    }

    /// `a ? b : c`, or an expression of higher precedence.
    fn expression(&mut self) -> Parsed {
        self.reader.enter(|depth| &mut depth.expression)?;
        let condition = self.disjunction()?;
        let result = match self.reader.take("?") {
            None => condition,
            Some(sign) => {
                let then = self.disjunction()?;
                self.reader.expect(":")?;
                let otherwise = self.expression()?;
                let arguments = vec![condition, then, otherwise];
                self.trees
                    .operation(sign.at, operator::CONDITIONAL, arguments, 1)
            }
        };
        self.reader.depth.expression -= 1;
        Ok(result)
    }

    /// `a || b`
    fn disjunction(&mut self) -> Parsed {
        self.logic("||", operator::OR, Self::conjunction)
    }

    /// `a && b`
    fn conjunction(&mut self) -> Parsed {
        self.logic("&&", operator::AND, Self::relation_chain)
    }

    /// Terms with the same operator, as a balanced tree.
    fn logic(
        &mut self,
        sign: &str,
        function: &'static str,
        term: fn(&mut Self) -> Parsed,
    ) -> Parsed {
        let mut terms = vec![term(self)?];
        let mut signs = Vec::new();
        while let Some(found) = self.reader.take(sign) {
            signs.push(found);
            terms.push(term(self)?);
        }
        let mut terms = terms.into_iter();
        Ok(self.balanced(&signs, &mut terms, function))
    }

    /// The terms, in order; the operator in the middle becomes the root.
    fn balanced(
        &mut self,
        signs: &[Token<'t>],
        terms: &mut std::vec::IntoIter<Expr>,
        function: &'static str,
    ) -> Expr {
        let (before, rest) = signs.split_at(signs.len() / 2);
        let Some((sign, after)) = rest.split_first() else {
            return terms
                .next()
                .unwrap_or_else(|| self.trees.make_at(0, Kind::Wrong));
        };
        let left = self.balanced(before, terms, function);
        let right = self.balanced(after, terms, function);
        self.trees
            .operation(sign.at, function, vec![left, right], 0)
    }

    /// `a < b`, left-associative.
    fn relation_chain(&mut self) -> Parsed {
        self.reader.enter(|depth| &mut depth.relation)?;
        let mut left = self.calculation_chain(0)?;
        while let Some((sign, function)) = self.reader.take_any(&RELATIONS) {
            self.reader.enter(|depth| &mut depth.relation)?;
            let right = self.calculation_chain(0)?;
            self.reader.depth.relation -= 1;
            left = self
                .trees
                .operation(sign.at, function, vec![left, right], 1);
        }
        self.reader.depth.relation -= 1;
        Ok(left)
    }

    /// `a + b * c`, with operators of at least the precedence `weakest`.
    fn calculation_chain(&mut self, weakest: usize) -> Parsed {
        self.reader.enter(|depth| &mut depth.calculation)?;
        let mut left = self.unary()?;
        'chain: loop {
            for (strength, operators) in CALCULATIONS.iter().enumerate().skip(weakest).rev() {
                if let Some((sign, function)) = self.reader.take_any(operators) {
                    let right = self.calculation_chain(strength + 1)?;
                    left = self
                        .trees
                        .operation(sign.at, function, vec![left, right], 1);
                    continue 'chain;
                }
            }
            break;
        }
        self.reader.depth.calculation -= 1;
        Ok(left)
    }

    /// `!a`, `-a`; an even number of them cancels out.
    fn unary(&mut self) -> Parsed {
        for (sign, function) in [("!", operator::NOT), ("-", operator::NEGATE)] {
            if self.is_signed_number() {
                break;
            }
            let Some(first) = self.reader.take(sign) else {
                continue;
            };
            let mut count = 1;
            while self.reader.take(sign).is_some() {
                count += 1;
            }
            let operand = self.member()?;
            return Ok(match count % 2 {
                0 => operand,
                _ => self.trees.operation(first.at, function, vec![operand], 0),
            });
        }
        self.member()
    }

    /// Whether a number with a sign is next.
    fn is_signed_number(&self) -> bool {
        let following = self.reader.at(self.reader.next + 1);
        self.reader.peek().text == "-"
            && self.reader.peek().kind == Lexeme::Sign
            && following.is_some_and(|token| matches!(token.kind, Lexeme::Int | Lexeme::Double))
    }

    /// `a.b`, `a.f()`, `a[b]`, in any sequence.
    fn member(&mut self) -> Parsed {
        self.reader.enter(|depth| &mut depth.member)?;
        let mut operand = self.primary()?;
        loop {
            if let Some(sign) = self.reader.take(".") {
                operand = self.after_dot(sign, operand)?;
            } else if let Some(sign) = self.reader.take("[") {
                let function = match self.reader.take("?") {
                    Some(_) => operator::OPTIONAL_INDEX,
                    None => operator::INDEX,
                };
                let id = self.trees.reserve(sign.at);
                let index = self.expression()?;
                self.reader.expect("]")?;
                operand = self
                    .trees
                    .operation_with(id, function, vec![operand, index], 1);
            } else {
                break;
            }
        }
        self.reader.depth.member -= 1;
        Ok(operand)
    }

    /// `.field`, `.?field` or `.function(arguments)`
    fn after_dot(&mut self, dot: Token<'t>, operand: Expr) -> Parsed {
        let height = self.trees.height(operand.id) + 1;
        if self.reader.take("?").is_some() {
            self.reader
                .check_version(dot, 28, "unsupported syntax '.?'")?;
            let field = self.field_name()?;
            let name = Value::from(field.text.to_owned());
            let name = self.trees.make_at(field.at, Kind::Literal(name));
            let arguments = vec![operand, name];
            return Ok(self
                .trees
                .operation(dot.at, operator::OPTIONAL_SELECT, arguments, 1));
        }
        let field = self.field_name()?;
        if field.kind == Lexeme::Identifier
            && let Some(open) = self.reader.take("(")
        {
            let id = self.trees.reserve(open.at);
            let arguments = self.arguments()?;
            return Ok(self.call(id, Some(operand), field.text, arguments, 1));
        }
        let select = Select {
            operand,
            field: field.text.into(),
            is_test: false,
        };
        let select = self.trees.make_at(dot.at, Kind::Select(Box::new(select)));
        self.trees.set_height(select.id, height);
        Ok(select)
    }

    /// The name of a field. The environment does not support names in backquotes.
    fn field_name(&mut self) -> Parsed<Token<'t>> {
        let token = self.reader.peek();
        match token.kind {
            Lexeme::Identifier => {}
            Lexeme::Quoted => self
                .reader
                .issues
                .report(token.at, "unsupported syntax: '`'"),
            _ => return self.reader.unexpected(token, "IDENTIFIER"),
        }
        self.reader.next += 1;
        Ok(token)
    }

    /// A call, or the expansion of a macro.
    fn call(
        &mut self,
        id: Id,
        receiver: Option<Expr>,
        function: &str,
        arguments: Vec<Expr>,
        added: u32,
    ) -> Expr {
        let known = macros::find(
            function,
            receiver.is_some(),
            arguments.len(),
            self.reader.version,
        );
        let Some(known) = known else {
            let call = Call {
                receiver,
                function: function.into(),
                arguments,
            };
            return self.trees.make_with(id, Kind::Call(Box::new(call)), added);
        };
        let below = receiver.iter().chain(&arguments);
        let height = below
            .map(|expr| self.trees.height(expr.id))
            .max()
            .unwrap_or(0)
            + added;
        let at = self.trees.position(id);
        let around = std::mem::replace(&mut self.trees.macro_at, at);
        let expansion = known.expand(&mut self.trees, receiver, arguments);
        self.trees.macro_at = around;
        if self.trees.are_too_large && self.reader.issues.is_empty() {
            let message = "expression is too large once its macros are expanded";
            self.reader.issues.report(None, message);
        }
        let expr = match expansion {
            Ok(kind) => self.trees.make_at(at, kind),
            Err(misuse) => {
                let at = self.trees.position(misuse.id);
                self.reader.issues.report(at, misuse.message);
                self.trees.make_at(at, Kind::Wrong)
            }
        };
        self.trees.set_height(expr.id, height);
        expr
    }
}
