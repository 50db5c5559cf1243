//! From the text of an expression to its tree.
//!
//! A parser of its own, since the positions in errors, the limits on nesting and the macros are
//! the API server's. Operators are read by precedence.

use super::ast::{Ast, Call, Entry, Expr, Field, Fold, Id, Kind, List, Message, Select, operator};
use super::escape::RESERVED;
use super::lexer::{Lexeme, Token, tokens};
use super::literal;
use super::macros::{self, Maker};
use super::source::Issues;
use super::value::Value;
use super::version::Version;

/// How deep an expression can be nested, counted for each kind of nesting.
const DEEPEST: u32 = 250;
/// The most characters of an expression.
const LONGEST: usize = 100_000;
/// The most expressions in a tree. The API server has no such limit; what macros make larger is
/// always beyond its limit on costs.
const LARGEST: usize = 2_000_000;

/// Reads an expression with the macros of an environment.
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
        tokens: &tokens,
        next: 0,
        version,
        depth: Depth::default(),
        trees: Trees::default(),
        issues,
        macro_at: 0,
    };
    let root = parser.whole();
    match root {
        Ok(root) if parser.issues.is_empty() => Ok(Ast {
            root,
            positions: parser.trees.positions,
        }),
        _ => Err(parser.issues),
    }
}

/// Parsing cannot go on; an issue says why.
struct Stopped;

type Parsed<T = Expr> = Result<T, Stopped>;

/// What is known of each expression, by its id.
#[derive(Default)]
struct Trees {
    positions: Vec<u32>,
    /// How many selections, calls of members and binary operators are nested within, itself
    /// included.
    heights: Vec<u32>,
}

/// How many there are of each kind of rule around what is being read.
#[derive(Default)]
struct Depth {
    expression: u32,
    relation: u32,
    calculation: u32,
    member: u32,
}

struct Parser<'t> {
    tokens: &'t [Token<'t>],
    next: usize,
    version: Version,
    depth: Depth,
    trees: Trees,
    issues: Issues,
    /// Where the macro stands that is being expanded.
    macro_at: u32,
}

impl<'t> Parser<'t> {
    fn whole(&mut self) -> Parsed {
        let root = self.expression()?;
        let end = self.peek();
        if end.kind != Lexeme::End {
            return self.unexpected(end, "<EOF>");
        }
        if self.height(root.id) > DEEPEST {
            self.issues.report(None, "max recursion depth exceeded");
            return Err(Stopped);
        }
        Ok(root)
    }

    /// `a ? b : c`, or what has a higher precedence.
    fn expression(&mut self) -> Parsed {
        self.enter(|depth| &mut depth.expression)?;
        let condition = self.disjunction()?;
        let result = match self.take("?") {
            None => condition,
            Some(sign) => {
                let then = self.disjunction()?;
                self.expect(":")?;
                let otherwise = self.expression()?;
                let arguments = vec![condition, then, otherwise];
                self.operation(sign, operator::CONDITIONAL, arguments, 1)
            }
        };
        self.depth.expression -= 1;
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

    /// Terms with a sign in between, as a tree that is as flat as can be.
    fn logic(
        &mut self,
        sign: &str,
        function: &'static str,
        term: fn(&mut Self) -> Parsed,
    ) -> Parsed {
        let mut terms = vec![term(self)?];
        let mut signs = Vec::new();
        while let Some(found) = self.take(sign) {
            signs.push(found);
            terms.push(term(self)?);
        }
        let mut terms = terms.into_iter();
        Ok(self.balanced(&signs, &mut terms, function))
    }

    /// The terms from left to right around the signs, of which the one in the middle is on top.
    fn balanced(
        &mut self,
        signs: &[Token<'t>],
        terms: &mut std::vec::IntoIter<Expr>,
        function: &'static str,
    ) -> Expr {
        let (before, rest) = signs.split_at(signs.len() / 2);
        let Some((sign, after)) = rest.split_first() else {
            return terms.next().unwrap_or_else(|| self.make_at(0, Kind::Wrong));
        };
        let left = self.balanced(before, terms, function);
        let right = self.balanced(after, terms, function);
        self.operation(*sign, function, vec![left, right], 0)
    }

    /// `a < b`, one after the other from the left.
    fn relation_chain(&mut self) -> Parsed {
        self.enter(|depth| &mut depth.relation)?;
        let mut left = self.calculation_chain(0)?;
        while let Some((sign, function)) = self.take_any(&RELATIONS) {
            self.enter(|depth| &mut depth.relation)?;
            let right = self.calculation_chain(0)?;
            self.depth.relation -= 1;
            left = self.operation(sign, function, vec![left, right], 1);
        }
        self.depth.relation -= 1;
        Ok(left)
    }

    /// `a + b * c`, of the operators at least as strong as `weakest`.
    fn calculation_chain(&mut self, weakest: usize) -> Parsed {
        self.enter(|depth| &mut depth.calculation)?;
        let mut left = self.unary()?;
        'chain: loop {
            for (strength, operators) in CALCULATIONS.iter().enumerate().skip(weakest).rev() {
                if let Some((sign, function)) = self.take_any(operators) {
                    let right = self.calculation_chain(strength + 1)?;
                    left = self.operation(sign, function, vec![left, right], 1);
                    continue 'chain;
                }
            }
            break;
        }
        self.depth.calculation -= 1;
        Ok(left)
    }

    /// `!a`, `-a`: an even number of them is none.
    fn unary(&mut self) -> Parsed {
        for (sign, function) in [("!", operator::NOT), ("-", operator::NEGATE)] {
            if self.is_signed_number() {
                break;
            }
            let Some(first) = self.take(sign) else {
                continue;
            };
            let mut count = 1;
            while self.take(sign).is_some() {
                count += 1;
            }
            let operand = self.member()?;
            return Ok(match count % 2 {
                0 => operand,
                _ => self.operation(first, function, vec![operand], 0),
            });
        }
        self.member()
    }

    /// Whether a number with a sign comes next.
    fn is_signed_number(&self) -> bool {
        let following = self.tokens.get(self.next + 1);
        self.peek().text == "-"
            && self.peek().kind == Lexeme::Sign
            && following.is_some_and(|token| matches!(token.kind, Lexeme::Int | Lexeme::Double))
    }

    /// `a.b`, `a.f()`, `a[b]`, one after the other.
    fn member(&mut self) -> Parsed {
        self.enter(|depth| &mut depth.member)?;
        let mut operand = self.primary()?;
        loop {
            if let Some(sign) = self.take(".") {
                operand = self.after_dot(sign, operand)?;
            } else if let Some(sign) = self.take("[") {
                let function = match self.take("?") {
                    Some(_) => operator::OPTIONAL_INDEX,
                    None => operator::INDEX,
                };
                let id = self.reserve(sign.at);
                let index = self.expression()?;
                self.expect("]")?;
                operand = self.operation_with(id, function, vec![operand, index], 1);
            } else {
                break;
            }
        }
        self.depth.member -= 1;
        Ok(operand)
    }

    /// `.field`, `.?field` or `.function(arguments)`
    fn after_dot(&mut self, dot: Token<'t>, operand: Expr) -> Parsed {
        let height = self.height(operand.id) + 1;
        if self.take("?").is_some() {
            self.check_version(dot, 28, "unsupported syntax '.?'")?;
            let field = self.field_name()?;
            let name = Value::from(field.text.to_owned());
            let name = self.make_at(field.at, Kind::Literal(name));
            let arguments = vec![operand, name];
            return Ok(self.operation(dot, operator::OPTIONAL_SELECT, arguments, 1));
        }
        let field = self.field_name()?;
        if field.kind == Lexeme::Identifier
            && let Some(open) = self.take("(")
        {
            let id = self.reserve(open.at);
            let arguments = self.arguments()?;
            return Ok(self.call(id, Some(operand), field.text, arguments, 1));
        }
        let select = Select {
            operand,
            field: field.text.into(),
            is_test: false,
        };
        let select = self.make_at(dot.at, Kind::Select(Box::new(select)));
        self.set_height(select.id, height);
        Ok(select)
    }

    /// The name of a field. Names in backquotes are not part of the environment.
    fn field_name(&mut self) -> Parsed<Token<'t>> {
        let token = self.peek();
        match token.kind {
            Lexeme::Identifier => {}
            Lexeme::Quoted => self.issues.report(token.at, "unsupported syntax: '`'"),
            _ => return self.unexpected(token, "IDENTIFIER"),
        }
        self.next += 1;
        Ok(token)
    }

    fn primary(&mut self) -> Parsed {
        let token = self.peek();
        if token.kind == Lexeme::Identifier || token.text == "." && token.kind == Lexeme::Sign {
            return self.named();
        }
        if token.kind != Lexeme::Sign {
            return self.literal();
        }
        match token.text {
            "(" => {
                self.next += 1;
                let inside = self.expression()?;
                self.expect(")")?;
                Ok(inside)
            }
            "[" => self.list(),
            "{" => self.map(),
            "-" if self.is_signed_number() => self.literal(),
            _ => self.unexpected(token, PRIMARY),
        }
    }

    /// A variable, a call, or a message.
    fn named(&mut self) -> Parsed {
        let start = self.peek();
        let dot = if self.take(".").is_some() { "." } else { "" };
        let token = self.peek();
        if token.kind != Lexeme::Identifier {
            return self.unexpected(token, "IDENTIFIER");
        }
        if let Some((name, open, next)) = self.message_name() {
            self.next = next;
            return self.message(format!("{dot}{name}"), open);
        }
        self.next += 1;
        let open = self.take("(");
        if RESERVED.contains(&token.text) {
            let message = format!("reserved identifier: {}", token.text);
            self.issues.report(start.at, message);
        }
        let name = format!("{dot}{}", token.text);
        let Some(open) = open else {
            return Ok(self.make_at(token.at, Kind::Ident(name.into())));
        };
        let id = self.reserve(open.at);
        let arguments = self.arguments()?;
        Ok(self.call(id, None, &name, arguments, 0))
    }

    /// The name of a message that starts here, its brace, and what comes after.
    fn message_name(&self) -> Option<(String, Token<'t>, usize)> {
        let mut name = String::new();
        let mut at = self.next;
        loop {
            let part = self.tokens.get(at)?;
            if part.kind != Lexeme::Identifier {
                return None;
            }
            name.push_str(part.text);
            let sign = self.tokens.get(at + 1)?;
            match (sign.kind, sign.text) {
                (Lexeme::Sign, "{") => return Some((name, *sign, at + 2)),
                (Lexeme::Sign, ".") => name.push('.'),
                _ => return None,
            }
            at += 2;
        }
    }

    fn message(&mut self, name: String, open: Token<'t>) -> Parsed {
        let id = self.reserve(open.at);
        let mut fields = Vec::new();
        self.until("}", |parser| {
            let is_optional = parser.take("?").is_some();
            let field = parser.field_name()?;
            let colon = parser.expect(":")?;
            let id = parser.reserve(colon.at);
            let value = parser.expression()?;
            fields.push(Field {
                id,
                name: field.text.into(),
                value,
                is_optional,
            });
            Ok(())
        })?;
        let name = name.into();
        let kind = Kind::Message(Box::new(Message { name, fields }));
        Ok(self.make_with(id, kind, 0))
    }

    /// The arguments of a call, its bracket being passed.
    fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut arguments = Vec::new();
        if self.take(")").is_some() {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.take(",").is_none() {
                self.expect(")")?;
                return Ok(arguments);
            }
        }
    }

    fn list(&mut self) -> Parsed {
        let open = self.expect("[")?;
        let id = self.reserve(open.at);
        let mut list = List::default();
        self.until("]", |parser| {
            list.optional.push(parser.take("?").is_some());
            list.items.push(parser.expression()?);
            Ok(())
        })?;
        Ok(self.make_with(id, Kind::List(list), 0))
    }

    fn map(&mut self) -> Parsed {
        let open = self.expect("{")?;
        let id = self.reserve(open.at);
        let mut entries = Vec::new();
        self.until("}", |parser| {
            let is_optional = parser.take("?").is_some();
            let key = parser.expression()?;
            parser.expect(":")?;
            let value = parser.expression()?;
            entries.push(Entry {
                key,
                value,
                is_optional,
            });
            Ok(())
        })?;
        Ok(self.make_with(id, Kind::Map(entries), 0))
    }

    /// Elements with commas in between, and maybe one at the end, up to a bracket.
    fn until(
        &mut self,
        close: &'static str,
        mut element: impl FnMut(&mut Self) -> Parsed<()>,
    ) -> Parsed<()> {
        if self.take(",").is_some() {
            return self.expect(close).map(|_| ());
        }
        loop {
            if self.take(close).is_some() {
                return Ok(());
            }
            element(self)?;
            if self.take(",").is_none() {
                return self.expect(close).map(|_| ());
            }
        }
    }

    fn literal(&mut self) -> Parsed {
        let start = self.peek();
        let is_negative = self.take("-").is_some();
        let token = self.peek();
        let value = match token.kind {
            Lexeme::True => Ok(Value::Bool(true)),
            Lexeme::False => Ok(Value::Bool(false)),
            Lexeme::Null => Ok(Value::Null),
            Lexeme::Int => literal::int(token.text, is_negative)
                .map(Value::Int)
                .ok_or("invalid int literal"),
            Lexeme::Uint => literal::uint(token.text)
                .map(Value::Uint)
                .ok_or("invalid uint literal"),
            Lexeme::Double => literal::double(token.text, is_negative)
                .map(Value::Double)
                .ok_or("invalid double literal"),
            Lexeme::String => literal::string(token.text).map(Value::from),
            Lexeme::Bytes => {
                let quoted = token.text.get(1..).unwrap_or_default();
                literal::bytes(quoted).map(Value::from)
            }
            _ => return self.unexpected(token, PRIMARY),
        };
        self.next += 1;
        let kind = value.map_or_else(
            |message| {
                self.issues.report(start.at, message);
                Kind::Wrong
            },
            Kind::Literal,
        );
        Ok(self.make_at(start.at, kind))
    }
}

/// Operators of one strength: signs, and the functions that they are.
type Operators = [(&'static str, &'static str)];

const RELATIONS: [(&str, &str); 7] = [
    ("<", "_<_"),
    ("<=", "_<=_"),
    (">=", "_>=_"),
    (">", "_>_"),
    ("==", operator::EQUALS),
    ("!=", operator::NOT_EQUALS),
    ("in", "@in"),
];

/// The weaker ones first.
const CALCULATIONS: [&Operators; 2] = [
    &[("+", operator::ADD), ("-", "_-_")],
    &[("*", "_*_"), ("/", "_/_"), ("%", "_%_")],
];

/// What an expression can start with.
const PRIMARY: &str = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, \
                       NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

/// Tokens.
impl<'t> Parser<'t> {
    fn peek(&self) -> Token<'t> {
        let last = self.tokens.last();
        let end = Token {
            kind: Lexeme::End,
            text: "<EOF>",
            at: 0,
        };
        let token = self.tokens.get(self.next).or(last);
        token.copied().unwrap_or(end)
    }

    /// Passes a sign if it comes next.
    fn take(&mut self, sign: &str) -> Option<Token<'t>> {
        let token = self.peek();
        let is_it = token.kind == Lexeme::Sign && token.text == sign;
        self.next += usize::from(is_it);
        is_it.then_some(token)
    }

    fn take_any(&mut self, operators: &Operators) -> Option<(Token<'t>, &'static str)> {
        operators
            .iter()
            .find_map(|(sign, function)| Some((self.take(sign)?, *function)))
    }

    fn expect(&mut self, sign: &'static str) -> Parsed<Token<'t>> {
        match self.take(sign) {
            Some(token) => Ok(token),
            None => self.unexpected(self.peek(), &format!("'{sign}'")),
        }
    }

    fn unexpected<T>(&mut self, token: Token<'t>, expected: &str) -> Parsed<T> {
        let message = format!(
            "Syntax error: mismatched input '{}' expecting {expected}",
            token.text
        );
        self.issues.report(token.at, message);
        Err(Stopped)
    }

    fn check_version(&mut self, at: Token<'t>, since: u32, message: &str) -> Parsed<()> {
        if self.version.compatible < since {
            self.issues.report(at.at, message);
            return Err(Stopped);
        }
        Ok(())
    }

    fn enter(&mut self, rule: impl FnOnce(&mut Depth) -> &mut u32) -> Parsed<()> {
        let depth = rule(&mut self.depth);
        *depth += 1;
        if *depth > DEEPEST {
            let message = format!("expression recursion limit exceeded: {DEEPEST}");
            self.issues.report(None, message);
            return Err(Stopped);
        }
        Ok(())
    }
}

/// Trees.
impl<'t> Parser<'t> {
    /// An id for an expression that starts at a byte.
    fn reserve(&mut self, at: u32) -> Id {
        let id = self.trees.positions.len();
        self.trees.positions.push(at);
        self.trees.heights.push(0);
        Id::try_from(id).unwrap_or(Id::MAX)
    }

    fn make_at(&mut self, at: u32, kind: Kind) -> Expr {
        let id = self.reserve(at);
        Expr { id, kind }
    }

    /// An expression that is `added` higher than what is below.
    fn make_with(&mut self, id: Id, kind: Kind, added: u32) -> Expr {
        let expr = Expr { id, kind };
        let children = expr.children();
        let heights = children.iter().map(|child| self.height(child.id));
        let height = heights.max().unwrap_or(0) + added;
        self.set_height(id, height);
        expr
    }

    fn height(&self, id: Id) -> u32 {
        self.trees.heights.get(id as usize).copied().unwrap_or(0)
    }

    fn set_height(&mut self, id: Id, height: u32) {
        if let Some(known) = self.trees.heights.get_mut(id as usize) {
            *known = height;
        }
    }

    fn operation(
        &mut self,
        sign: Token<'t>,
        function: &'static str,
        arguments: Vec<Expr>,
        added: u32,
    ) -> Expr {
        let id = self.reserve(sign.at);
        self.operation_with(id, function, arguments, added)
    }

    fn operation_with(
        &mut self,
        id: Id,
        function: &'static str,
        arguments: Vec<Expr>,
        added: u32,
    ) -> Expr {
        let call = Call {
            receiver: None,
            function: function.into(),
            arguments,
        };
        self.make_with(id, Kind::Call(Box::new(call)), added)
    }

    /// A call, or what it is in full if it is a macro.
    fn call(
        &mut self,
        id: Id,
        receiver: Option<Expr>,
        function: &str,
        arguments: Vec<Expr>,
        added: u32,
    ) -> Expr {
        let known = macros::find(function, receiver.is_some(), arguments.len(), self.version);
        let Some(known) = known else {
            let call = Call {
                receiver,
                function: function.into(),
                arguments,
            };
            return self.make_with(id, Kind::Call(Box::new(call)), added);
        };
        let below = receiver.iter().chain(&arguments);
        let height = below.map(|expr| self.height(expr.id)).max().unwrap_or(0) + added;
        let at = self.position(id);
        let around = std::mem::replace(&mut self.macro_at, at);
        let expansion = known.expand(self, receiver, arguments);
        self.macro_at = around;
        let kind = expansion.unwrap_or_else(|misuse| {
            let at = self.position(misuse.id);
            self.issues.report(at, misuse.message);
            Kind::Wrong
        });
        let expr = self.make_at(at, kind);
        self.set_height(expr.id, height);
        expr
    }

    fn position(&self, id: Id) -> u32 {
        self.trees.positions.get(id as usize).copied().unwrap_or(0)
    }
}

impl Maker for Parser<'_> {
    fn make(&mut self, kind: Kind) -> Expr {
        self.make_at(self.macro_at, kind)
    }

    fn copy(&mut self, expr: &Expr) -> Expr {
        if self.trees.positions.len() > LARGEST {
            if self.issues.is_empty() {
                self.issues
                    .report(None, "expression is too large once its macros are expanded");
            }
            return self.make(Kind::Wrong);
        }
        let kind = match &expr.kind {
            Kind::Literal(value) => Kind::Literal(value.clone()),
            Kind::Ident(name) => Kind::Ident(name.clone()),
            Kind::Wrong => Kind::Wrong,
            Kind::Select(select) => Kind::Select(Box::new(Select {
                operand: self.copy(&select.operand),
                field: select.field.clone(),
                is_test: select.is_test,
            })),
            Kind::Call(call) => Kind::Call(Box::new(Call {
                receiver: call.receiver.as_ref().map(|receiver| self.copy(receiver)),
                function: call.function.clone(),
                arguments: call
                    .arguments
                    .iter()
                    .map(|argument| self.copy(argument))
                    .collect(),
            })),
            Kind::List(list) => Kind::List(List {
                items: list.items.iter().map(|item| self.copy(item)).collect(),
                optional: list.optional.clone(),
            }),
            Kind::Map(entries) => Kind::Map(
                entries
                    .iter()
                    .map(|entry| Entry {
                        key: self.copy(&entry.key),
                        value: self.copy(&entry.value),
                        is_optional: entry.is_optional,
                    })
                    .collect(),
            ),
            Kind::Message(message) => Kind::Message(Box::new(Message {
                name: message.name.clone(),
                fields: message
                    .fields
                    .iter()
                    .map(|field| Field {
                        id: self.reserve(self.position(field.id)),
                        name: field.name.clone(),
                        value: self.copy(&field.value),
                        is_optional: field.is_optional,
                    })
                    .collect(),
            })),
            Kind::Fold(fold) => Kind::Fold(Box::new(Fold {
                range: self.copy(&fold.range),
                variable: fold.variable.clone(),
                second: fold.second.clone(),
                accumulator: fold.accumulator.clone(),
                init: self.copy(&fold.init),
                condition: self.copy(&fold.condition),
                step: self.copy(&fold.step),
                result: self.copy(&fold.result),
            })),
        };
        self.make_at(self.position(expr.id), kind)
    }
}
