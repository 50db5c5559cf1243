//! Reads the YAML of Secrets and ConfigMaps.
//!
//! Text, structure and meaning are apart: [`nodes`] makes a tree of the parser's events,
//! [`decode`] resolves aliases and merges while it makes data of the tree, and [`scalar`] says
//! what a plain scalar stands for. What is [`plain`] enough takes a shorter way. The rules are those of go-yaml v3, which the reference reads
//! with: YAML 1.2, but also octal `0777`, `1_000`, timestamps and `<<` of 1.1.

mod decode;
mod nodes;
mod plain;
mod scalar;

use std::borrow::Cow;
use std::fmt;

use super::value::{Mapping, Value};
use decode::Decoder;
use nodes::Tree;

/// What scalars become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scalars {
    /// What they stand for.
    Resolved,
    /// Strings, as they are written; but null stays null.
    Strings,
}

impl Scalars {
    /// What becomes of a scalar: of what it stands for, and how it is written.
    fn choose(self, value: Value, text: &str) -> Value {
        let is_text = matches!(value, Value::Null | Value::Text(_) | Value::Bytes(_));
        match self {
            Self::Strings if !is_text => text.into(),
            _ => value,
        }
    }
}

/// Reads a mapping whose keys are strings, whatever they look like. Nothing is an empty one.
pub(super) fn read_mapping(bytes: &[u8], scalars: Scalars) -> Result<Mapping, ReadError> {
    let text = text(bytes)?;
    match plain::read_mapping(&text, scalars) {
        Some(mapping) => Ok(mapping),
        None => parse_mapping(&text, scalars),
    }
}

fn parse_mapping(text: &str, scalars: Scalars) -> Result<Mapping, ReadError> {
    let tree = Tree::parse(text)?;
    Decoder::new(&tree, scalars).root_mapping()
}

/// Reads any value.
pub(super) fn read_value(bytes: &[u8], scalars: Scalars) -> Result<Value, ReadError> {
    let tree = Tree::parse(&text(bytes)?)?;
    Decoder::new(&tree, scalars).root()
}

/// The text: UTF-8, or UTF-16 after a mark that says so, as some editors write it.
fn text(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    let text = match bytes {
        [0xFF, 0xFE, units @ ..] => utf16(units, u16::from_le_bytes).map(Cow::Owned),
        [0xFE, 0xFF, units @ ..] => utf16(units, u16::from_be_bytes).map(Cow::Owned),
        _ => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
    };
    text.ok_or(ReadError::from(Fault::Encoding))
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Option<String> {
    let (units, rest) = bytes.as_chunks();
    let units = units.iter().map(|bytes| unit(*bytes));
    char::decode_utf16(units)
        .collect::<Result<_, _>>()
        .ok()
        .filter(|_| rest.is_empty())
}

/// Why a text is not the YAML that is wanted. Tells the place and nothing of the content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadError {
    fault: Fault,
    /// Line and column, both from 1.
    place: Option<(usize, usize)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Encoding,
    Syntax,
    NotAMapping,
    DuplicateKey,
    KeyIsACollection,
    TagMismatch,
    Merge,
    AliasLoop,
    TooManyAliases,
    TooDeep,
}

impl ReadError {
    const fn at(fault: Fault, place: (usize, usize)) -> Self {
        Self {
            fault,
            place: Some(place),
        }
    }
}

impl From<Fault> for ReadError {
    fn from(fault: Fault) -> Self {
        Self { fault, place: None }
    }
}

impl std::error::Error for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.fault {
            Fault::Encoding => "neither UTF-8 nor UTF-16",
            Fault::Syntax => "not YAML",
            Fault::NotAMapping => "not a mapping",
            Fault::DuplicateKey => "a key appears twice",
            Fault::KeyIsACollection => "a key is a mapping or a list",
            Fault::TagMismatch => "a value does not match its tag",
            Fault::Merge => "what is merged is not a mapping",
            Fault::AliasLoop => "an anchor contains itself",
            Fault::TooManyAliases => "too many aliases",
            Fault::TooDeep => "nested too deeply",
        })?;
        match self.place {
            Some((line, column)) => write!(f, " at line {line} column {column}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
