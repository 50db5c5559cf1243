//! Decodes bytes to a tree, as the API server does.
//!
//! Unlike `serde_json` it distinguishes `1` and `1.0`, records duplicate keys, replaces invalid
//! UTF-8, and accepts the server's nesting depth, without recursion.

use std::borrow::Cow;
use std::mem;
use std::sync::OnceLock;

use super::index::Indexes;
use super::scan::{self, Text};
use super::{KEPT_DEPTH, duplicates};

/// Maximum nesting depth in the API server.
const MAX_DEPTH: usize = 10_000;

/// Bytes of text for each token, roughly: the capacity for tokens is allocated once.
const BYTES_PER_TOKEN: usize = 8;

/// Why the API server cannot read bytes as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SyntaxError {
    #[error("unexpected end of JSON input")]
    End,
    #[error("invalid character at byte {0} of the JSON input")]
    Unexpected(usize),
    #[error("number out of range at byte {0} of the JSON input")]
    Number(usize),
    #[error("exceeded max depth of {MAX_DEPTH}")]
    Depth,
}

/// An element of a [`Tree`]. Containers precede their content.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(Cow<'a, str>),
    /// An array; `end` is the position after its last item.
    Array {
        end: u32,
    },
    /// An object: keys, each followed by its value.
    Object {
        end: u32,
    },
}

/// A JSON document as a flat list of tokens: containers need no allocations.
#[derive(Debug)]
pub(crate) struct Tree<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    /// Positions of keys that occur again later, in order; they and their values are ignored.
    superseded: Vec<u32>,
    /// Created on the first look-up beyond the first entries of a container.
    indexes: OnceLock<Indexes>,
}

impl<'a> Tree<'a> {
    /// Indexes of large containers.
    pub(super) fn indexes(&self) -> &Indexes {
        self.indexes.get_or_init(|| Indexes::of(self))
    }

    pub(super) fn token(&self, at: u32) -> &Token<'a> {
        #[cfg(test)]
        crate::work::count();
        self.tokens.get(at as usize).unwrap_or(&Token::Null)
    }

    /// The position after the value at `at`.
    pub(super) fn after(&self, at: u32) -> u32 {
        match *self.token(at) {
            Token::Array { end } | Token::Object { end } => end,
            _ => at + 1,
        }
    }

    /// Whether the key at `at` occurs again later.
    pub(super) fn is_superseded(&self, at: u32) -> bool {
        !self.superseded.is_empty() && self.superseded.binary_search(&at).is_ok()
    }

    /// Positions of the items of the array at `at`; empty for other values.
    pub(super) fn items(&self, at: u32) -> impl Iterator<Item = u32> {
        let end = match *self.token(at) {
            Token::Array { end } => end,
            _ => at,
        };
        self.places(at + 1, end, 0)
    }

    /// Positions of the keys of the object at `at`, each name once; empty for other values.
    pub(super) fn fields(&self, at: u32) -> impl Iterator<Item = u32> {
        self.keys(at).filter(|key| !self.is_superseded(*key))
    }

    /// Positions of all keys of the object at `at`; empty for other values.
    pub(super) fn keys(&self, at: u32) -> impl Iterator<Item = u32> {
        let end = match *self.token(at) {
            Token::Object { end } => end,
            _ => at,
        };
        self.places(at + 1, end, 1)
    }

    /// Positions of entries up to `end`; their values are `to_value` tokens further.
    fn places(&self, first: u32, end: u32, to_value: u32) -> impl Iterator<Item = u32> {
        let mut next = first;
        std::iter::from_fn(move || {
            let entry = Some(next).filter(|entry| *entry < end)?;
            next = self.after(entry + to_value);
            Some(entry)
        })
    }

    /// The name of the key at `at`.
    pub(super) fn name(&self, at: u32) -> &str {
        match self.token(at) {
            Token::String(name) => name,
            _ => "",
        }
    }
}

/// A decoded document.
pub(crate) struct Decoded<'a> {
    pub(crate) tree: Tree<'a>,
    /// Paths of duplicate keys, in the order of the text.
    pub(crate) duplicates: Vec<String>,
}

/// Decodes a JSON text.
pub(crate) fn decode(text: &[u8]) -> Result<Decoded<'_>, SyntaxError> {
    let mut decoder = Decoder {
        strings: Text::new(text),
        text,
        at: 0,
        tokens: Vec::with_capacity(text.len() / BYTES_PER_TOKEN),
        open: 0,
        depth: 0,
        keys: Vec::with_capacity(64),
        repeated: Vec::new(),
        superseded: Vec::new(),
    };
    decoder.document()?;
    let Decoder {
        tokens,
        repeated,
        mut superseded,
        ..
    } = decoder;
    superseded.sort_unstable();
    let tree = Tree {
        tokens,
        superseded,
        indexes: OnceLock::new(),
    };
    let duplicates = duplicates::paths(&tree, repeated);
    Ok(Decoded { tree, duplicates })
}

struct Decoder<'a> {
    text: &'a [u8],
    strings: Text<'a>,
    at: usize,
    tokens: Vec<Token<'a>>,
    /// Position of the innermost open container, if any. An open container's `end` is the position
    /// of its parent.
    open: u32,
    /// The number of open containers.
    depth: usize,
    /// Positions of the keys of all open objects.
    keys: Vec<u32>,
    /// Positions of keys that occurred before.
    repeated: Vec<u32>,
    /// Positions of keys that occur again.
    superseded: Vec<u32>,
}

impl<'a> Decoder<'a> {
    fn document(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.value()?;
            if self.close_or_continue()? {
                break;
            }
        }
        self.skip_space();
        match self.text.get(self.at) {
            None => Ok(()),
            Some(_) => Err(self.unexpected()),
        }
    }

    /// Reads up to the end of a scalar or empty container, and opens the containers on the way.
    fn value(&mut self) -> Result<(), SyntaxError> {
        loop {
            self.skip_space();
            let token = match self.text.get(self.at) {
                Some(b'"') => {
                    let (string, end) = self.strings.string(self.at + 1)?;
                    self.at = end;
                    Token::String(string)
                }
                Some(b'-' | b'0'..=b'9') => {
                    let (number, end) = scan::number(self.text, self.at)?;
                    self.at = end;
                    number
                }
                Some(b't') => self.word(b"true", Token::Bool(true))?,
                Some(b'f') => self.word(b"false", Token::Bool(false))?,
                Some(b'n') => self.word(b"null", Token::Null)?,
                Some(&bracket @ (b'{' | b'[')) => {
                    if self.open_container(bracket == b'{')? {
                        return Ok(());
                    }
                    continue;
                }
                Some(_) => return Err(self.unexpected()),
                None => return Err(SyntaxError::End),
            };
            self.push(token);
            return Ok(());
        }
    }

    /// Starts a container; returns whether it is empty, and so already closed.
    fn open_container(&mut self, is_object: bool) -> Result<bool, SyntaxError> {
        if self.depth >= MAX_DEPTH {
            return Err(SyntaxError::Depth);
        }
        self.at += 1;
        let start = place(self.tokens.len());
        let end = self.open;
        self.push(if is_object {
            Token::Object { end }
        } else {
            Token::Array { end }
        });
        self.open = start;
        self.depth += 1;
        self.skip_space();
        let end = if is_object { b'}' } else { b']' };
        if self.text.get(self.at) == Some(&end) {
            self.close();
            return Ok(true);
        }
        if is_object {
            self.key()?;
        }
        Ok(false)
    }

    /// After a value: closes containers, and moves to the next value; returns whether there is one.
    fn close_or_continue(&mut self) -> Result<bool, SyntaxError> {
        loop {
            if self.depth == 0 {
                return Ok(true);
            }
            let open = self.tokens.get(self.open as usize);
            let is_object = matches!(open, Some(Token::Object { .. }));
            self.skip_space();
            match self.text.get(self.at) {
                Some(b',') => {
                    self.at += 1;
                    if is_object {
                        self.skip_space();
                        self.key()?;
                    }
                    return Ok(false);
                }
                Some(b'}') if is_object => self.close(),
                Some(b']') if !is_object => self.close(),
                Some(_) => return Err(self.unexpected()),
                None => return Err(SyntaxError::End),
            }
        }
    }

    fn key(&mut self) -> Result<(), SyntaxError> {
        match self.text.get(self.at) {
            Some(b'"') => {}
            Some(_) => return Err(self.unexpected()),
            None => return Err(SyntaxError::End),
        }
        let (key, end) = self.strings.string(self.at + 1)?;
        self.at = end;
        self.keys.push(place(self.tokens.len()));
        self.push(Token::String(key));
        self.skip_space();
        match self.text.get(self.at) {
            Some(b':') => {
                self.at += 1;
                Ok(())
            }
            Some(_) => Err(self.unexpected()),
            None => Err(SyntaxError::End),
        }
    }

    fn close(&mut self) {
        self.at += 1;
        let start = self.open;
        self.depth = self.depth.saturating_sub(1);
        if self.depth >= KEPT_DEPTH {
            self.forget_after(start);
        }
        let after = place(self.tokens.len());
        match self.tokens.get_mut(start as usize) {
            Some(Token::Array { end }) => self.open = mem::replace(end, after),
            Some(Token::Object { end }) => {
                self.open = mem::replace(end, after);
                self.supersede(start);
            }
            _ => {}
        }
    }

    /// Drops the content of a container.
    fn forget_after(&mut self, start: u32) {
        self.tokens.truncate(start as usize + 1);
        for places in [&mut self.keys, &mut self.repeated, &mut self.superseded] {
            while places.pop_if(|key| *key > start).is_some() {}
        }
    }

    /// Marks all but the last of each duplicate key of an object.
    fn supersede(&mut self, object: u32) {
        let others = self.keys.iter().rposition(|key| *key < object);
        let first = others.map_or(0, |last| last + 1);
        let keys = self.keys.get(first..).unwrap_or_default();
        for (earlier, later) in duplicates::find(&self.tokens, keys) {
            self.repeated.push(later);
            self.superseded.push(earlier);
        }
        self.keys.truncate(first);
    }

    fn word(&mut self, word: &[u8], token: Token<'a>) -> Result<Token<'a>, SyntaxError> {
        for (at, expected) in (self.at..).zip(word) {
            match self.text.get(at) {
                Some(byte) if byte == expected => {}
                Some(_) => return Err(SyntaxError::Unexpected(at)),
                None => return Err(SyntaxError::End),
            }
        }
        self.at += word.len();
        Ok(token)
    }

    fn push(&mut self, token: Token<'a>) {
        self.tokens.push(token);
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.text.get(self.at) {
            self.at += 1;
        }
    }

    fn unexpected(&self) -> SyntaxError {
        SyntaxError::Unexpected(self.at)
    }
}

/// A position in the list. Each token takes at least a byte of text, and no text has 4 GiB.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Node;

    fn value(text: &str) -> String {
        match decode(text.as_bytes()) {
            Ok(decoded) => Node::from(&decoded.tree).to_value().to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn reads_json() {
        let texts = [
            (
                r#" {"a":[1,2.5,{}],"b":null} "#,
                r#"{"a":[1,2.5,{}],"b":null}"#,
            ),
            (r#""\ud83d\ude00\u0041\n""#, "\"\u{1f600}A\\n\""),
            (r#""\ud800x""#, "\"\u{fffd}x\""),
            (r#"{"a":1,"b":2,"a":3}"#, r#"{"a":3,"b":2}"#),
            ("-0", "0"),
            ("[[],[[]]]", "[[],[[]]]"),
        ];
        for (text, expected) in texts {
            assert_eq!(value(text), expected, "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in [
            "",
            " ",
            "{",
            "[1,]",
            "{\"a\"}",
            "{\"a\":}",
            "01",
            "1.",
            "-",
            "1e",
            "tru",
            "\"a",
            "\"\u{1}\"",
            "\"\\x\"",
            "\"\\u12\"",
            "[1}",
            "{]",
            "1 2",
            "{\"a\":1,}",
            "1e400",
            "nul",
            "'a'",
        ] {
            assert!(decode(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_replaced_one_by_one() {
        let decoded = decode(b"\"a\xe2\x82b\"").expect("decodes");
        let value = Node::from(&decoded.tree).to_value();
        assert_eq!(value, "a\u{fffd}\u{fffd}b");
    }

    #[test]
    fn nesting_ends_where_the_api_server_ends_it() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(decode(nested(MAX_DEPTH).as_bytes()).is_ok());
        assert!(matches!(
            decode(nested(MAX_DEPTH + 1).as_bytes()),
            Err(SyntaxError::Depth)
        ));
    }

    #[test]
    fn duplicates_have_paths() {
        let text = r#"{"a":{"b":1,"b":2},"l":[{"c":1,"c":2,"c":3}],"a":{"d":1,"d":1}}"#;
        let decoded = decode(text.as_bytes()).expect("decodes");
        assert_eq!(decoded.duplicates, ["a.b", "l[0].c", "a", "a.d"]);
    }
}
