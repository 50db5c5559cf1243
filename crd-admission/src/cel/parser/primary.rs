//! Primary expressions: names, literals, lists, maps and messages.

use super::operators::PRIMARY;
use super::{Parsed, Parser};
use crate::cel::ast::{Entry, Expr, Field, Kind, List, Message};
use crate::cel::escape::RESERVED;
use crate::cel::lexer::{Lexeme, Token};
use crate::cel::literal;
use crate::cel::value::{Bytes, Value};

impl<'t> Parser<'t> {
    pub(super) fn primary(&mut self) -> Parsed {
        let token = self.reader.peek();
        if token.kind == Lexeme::Identifier || token.text == "." && token.kind == Lexeme::Sign {
            return self.named();
        }
        if token.kind != Lexeme::Sign {
            return self.literal();
        }
        match token.text {
            "(" => {
                self.reader.next += 1;
                let inside = self.expression()?;
                self.reader.expect(")")?;
                Ok(inside)
            }
            "[" => self.list(),
            "{" => self.map(),
            "-" if self.is_signed_number() => self.literal(),
            _ => self.reader.unexpected(token, PRIMARY),
        }
    }

    /// A variable, a call, or a message.
    fn named(&mut self) -> Parsed {
        let start = self.reader.peek();
        let dot = if self.reader.take(".").is_some() {
            "."
        } else {
            ""
        };
        let token = self.reader.peek();
        if token.kind != Lexeme::Identifier {
            return self.reader.unexpected(token, "IDENTIFIER");
        }
        if let Some((name, open, next)) = self.message_name() {
            self.reader.next = next;
            return self.message(format!("{dot}{name}"), open);
        }
        self.reader.next += 1;
        let open = self.reader.take("(");
        if RESERVED.contains(&token.text) {
            let message = format!("reserved identifier: {}", token.text);
            self.reader.issues.report(start.at, message);
        }
        let name = format!("{dot}{}", token.text);
        let Some(open) = open else {
            return Ok(self.trees.make_at(token.at, Kind::Ident(name.into())));
        };
        let id = self.trees.reserve(open.at);
        let arguments = self.arguments()?;
        Ok(self.call(id, None, &name, arguments, 0))
    }

    /// The name of the message that starts here, its brace, and the position after it.
    fn message_name(&self) -> Option<(String, Token<'t>, usize)> {
        let mut name = String::new();
        let mut at = self.reader.next;
        loop {
            let part = self.reader.at(at)?;
            if part.kind != Lexeme::Identifier {
                return None;
            }
            name.push_str(part.text);
            let sign = self.reader.at(at + 1)?;
            match (sign.kind, sign.text) {
                (Lexeme::Sign, "{") => return Some((name, *sign, at + 2)),
                (Lexeme::Sign, ".") => name.push('.'),
                _ => return None,
            }
            at += 2;
        }
    }

    fn message(&mut self, name: String, open: Token<'t>) -> Parsed {
        let id = self.trees.reserve(open.at);
        let mut fields = Vec::new();
        self.until("}", |parser| {
            let is_optional = parser.reader.take("?").is_some();
            let field = parser.field_name()?;
            let colon = parser.reader.expect(":")?;
            let id = parser.trees.reserve(colon.at);
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
        Ok(self.trees.make_with(id, kind, 0))
    }

    /// The arguments of a call, after the bracket.
    pub(super) fn arguments(&mut self) -> Parsed<Vec<Expr>> {
        let mut arguments = Vec::new();
        if self.reader.take(")").is_some() {
            return Ok(arguments);
        }
        loop {
            arguments.push(self.expression()?);
            if self.reader.take(",").is_none() {
                self.reader.expect(")")?;
                return Ok(arguments);
            }
        }
    }

    fn list(&mut self) -> Parsed {
        let open = self.reader.expect("[")?;
        let id = self.trees.reserve(open.at);
        let mut list = List::default();
        self.until("]", |parser| {
            list.optional.push(parser.reader.take("?").is_some());
            list.items.push(parser.expression()?);
            Ok(())
        })?;
        Ok(self.trees.make_with(id, Kind::List(list), 0))
    }

    fn map(&mut self) -> Parsed {
        let open = self.reader.expect("{")?;
        let id = self.trees.reserve(open.at);
        let mut entries = Vec::new();
        self.until("}", |parser| {
            let is_optional = parser.reader.take("?").is_some();
            let key = parser.expression()?;
            parser.reader.expect(":")?;
            let value = parser.expression()?;
            entries.push(Entry {
                key,
                value,
                is_optional,
            });
            Ok(())
        })?;
        Ok(self.trees.make_with(id, Kind::Map(entries), 0))
    }

    /// Elements separated by commas, possibly with a trailing one, up to a bracket.
    fn until(
        &mut self,
        close: &'static str,
        mut element: impl FnMut(&mut Self) -> Parsed<()>,
    ) -> Parsed<()> {
        if self.reader.take(",").is_some() {
            return self.reader.expect(close).map(|_| ());
        }
        loop {
            if self.reader.take(close).is_some() {
                return Ok(());
            }
            element(self)?;
            if self.reader.take(",").is_none() {
                return self.reader.expect(close).map(|_| ());
            }
        }
    }

    pub(super) fn literal(&mut self) -> Parsed {
        let start = self.reader.peek();
        let is_negative = self.reader.take("-").is_some();
        let token = self.reader.peek();
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
                literal::bytes(quoted).map(|bytes| Bytes::of_text(&bytes).into())
            }
            _ => return self.reader.unexpected(token, PRIMARY),
        };
        self.reader.next += 1;
        let kind = value.map_or_else(
            |message| {
                self.reader.issues.report(start.at, message);
                Kind::Wrong
            },
            Kind::Literal,
        );
        Ok(self.trees.make_at(start.at, kind))
    }
}
