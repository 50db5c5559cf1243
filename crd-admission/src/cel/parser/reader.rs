//! A cursor over the tokens of an expression, with the issues found.

use super::operators::Operators;
use crate::cel::lexer::{Lexeme, Token};
use crate::cel::source::Issues;
use crate::cel::version::Version;

/// Maximum nesting of an expression, for each kind of nesting.
pub(super) const DEEPEST: u32 = 250;

/// Parsing stopped; an issue says why.
pub(super) struct Stopped;

type Read<T> = Result<T, Stopped>;

/// The current nesting of each kind of rule.
#[derive(Default)]
pub(super) struct Depth {
    pub(super) expression: u32,
    pub(super) relation: u32,
    pub(super) calculation: u32,
    pub(super) member: u32,
}

pub(super) struct Reader<'t> {
    tokens: &'t [Token<'t>],
    pub(super) next: usize,
    pub(super) version: Version,
    pub(super) depth: Depth,
    pub(super) issues: Issues,
}

impl<'t> Reader<'t> {
    pub(super) fn new(tokens: &'t [Token<'t>], version: Version, issues: Issues) -> Self {
        Self {
            tokens,
            next: 0,
            version,
            depth: Depth::default(),
            issues,
        }
    }

    /// The token at a position.
    pub(super) fn at(&self, place: usize) -> Option<&'t Token<'t>> {
        self.tokens.get(place)
    }

    pub(super) fn peek(&self) -> Token<'t> {
        let last = self.tokens.last();
        let end = Token {
            kind: Lexeme::End,
            text: "<EOF>",
            at: 0,
        };
        let token = self.tokens.get(self.next).or(last);
        token.copied().unwrap_or(end)
    }

    /// Consumes a sign if it is next.
    pub(super) fn take(&mut self, sign: &str) -> Option<Token<'t>> {
        let token = self.peek();
        let is_it = token.kind == Lexeme::Sign && token.text == sign;
        self.next += usize::from(is_it);
        is_it.then_some(token)
    }

    pub(super) fn take_any(&mut self, operators: &Operators) -> Option<(Token<'t>, &'static str)> {
        operators
            .iter()
            .find_map(|(sign, function)| Some((self.take(sign)?, *function)))
    }

    pub(super) fn expect(&mut self, sign: &'static str) -> Read<Token<'t>> {
        match self.take(sign) {
            Some(token) => Ok(token),
            None => self.unexpected(self.peek(), &format!("'{sign}'")),
        }
    }

    pub(super) fn unexpected<T>(&mut self, token: Token<'t>, expected: &str) -> Read<T> {
        let message = format!(
            "Syntax error: mismatched input '{}' expecting {expected}",
            token.text
        );
        self.issues.report(token.at, message);
        Err(Stopped)
    }

    pub(super) fn check_version(&mut self, at: Token<'t>, since: u32, message: &str) -> Read<()> {
        if self.version.compatible < since {
            self.issues.report(at.at, message);
            return Err(Stopped);
        }
        Ok(())
    }

    pub(super) fn enter(&mut self, rule: impl FnOnce(&mut Depth) -> &mut u32) -> Read<()> {
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
