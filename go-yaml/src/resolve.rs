//! Resolves scalars to values.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::Version;
use crate::error::{Error, Fault};
use crate::tag::Tag;
use crate::timestamp::Timestamp;
use crate::tree::Node;

/// The value of a scalar.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Resolved {
    Null,
    Bool(bool),
    /// From the least `i64` to the greatest `u64`.
    Int(i128),
    Float(f64),
    Timestamp(Timestamp),
    /// A string: its text.
    Text,
    /// Bytes that are not UTF-8.
    Binary(Vec<u8>),
}

impl Resolved {
    const fn tag(&self) -> Tag {
        match self {
            Self::Null => Tag::Null,
            Self::Bool(_) => Tag::Bool,
            Self::Int(_) => Tag::Int,
            Self::Float(_) => Tag::Float,
            Self::Timestamp(_) => Tag::Timestamp,
            Self::Text => Tag::Str,
            Self::Binary(_) => Tag::Binary,
        }
    }
}

/// The value of a scalar, from its tag, quotes and text.
pub(crate) fn scalar(
    node: &Node<'_>,
    text: &str,
    is_plain: bool,
    version: Version,
) -> Result<Resolved, Error> {
    match node.tag {
        None if is_plain => Ok(plain(text, version)),
        None => Ok(Resolved::Text),
        Some(Tag::NonSpecific) if version == Version::V3 && is_plain => Ok(plain(text, version)),
        Some(tag) => tagged(text, tag, version).map_err(|fault| Error::of(fault, node.start)),
    }
}

/// Whether a key merges its value.
pub(crate) fn is_merge(node: &Node<'_>, text: &str, is_plain: bool, version: Version) -> bool {
    text == "<<"
        && match node.tag {
            None => is_plain,
            Some(Tag::Merge) => true,
            Some(Tag::NonSpecific) => is_plain || version == Version::V2,
            Some(_) => false,
        }
}

fn tagged(text: &str, tag: Tag, version: Version) -> Result<Resolved, Fault> {
    let found = match tag {
        Tag::Str | Tag::Merge | Tag::NonSpecific | Tag::Other => return Ok(Resolved::Text),
        Tag::Binary => return binary(text),
        Tag::Timestamp => plain(text, version),
        Tag::Null | Tag::Bool | Tag::Int | Tag::Float => without_time(text, version),
    };
    match found {
        #[expect(
            clippy::cast_precision_loss,
            reason = "what a float cannot hold is rounded"
        )]
        Resolved::Int(value) if tag == Tag::Float && i64::try_from(value).is_ok() => {
            Ok(Resolved::Float(value as f64))
        }
        found if found.tag() == tag => Ok(found),
        found => Err(Fault::TagMismatch {
            found: found.tag().name(),
            tag: tag.name(),
        }),
    }
}

fn binary(text: &str) -> Result<Resolved, Fault> {
    let text: String = text
        .chars()
        .filter(|char| !matches!(char, '\r' | '\n'))
        .collect();
    let bytes = STANDARD.decode(text).map_err(|_| Fault::InvalidBase64)?;
    Ok(Resolved::Binary(bytes))
}

/// The value of a plain scalar without a tag.
pub(crate) fn plain(text: &str, version: Version) -> Resolved {
    if text.starts_with(|first: char| first.is_ascii_digit())
        && let Some(time) = Timestamp::read(text)
    {
        return Resolved::Timestamp(time);
    }
    without_time(text, version)
}

fn without_time(text: &str, version: Version) -> Resolved {
    let Some(first) = text.as_bytes().first() else {
        return Resolved::Null;
    };
    let found = match first {
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => {
            word(text, version)
        }
        b'.' => infinite(text).or_else(|| point_float(text)),
        b'+' | b'-' => infinite(text).or_else(|| number(text, version)),
        b'0'..=b'9' => number(text, version),
        _ => None,
    };
    found.unwrap_or(Resolved::Text)
}

fn word(text: &str, version: Version) -> Option<Resolved> {
    Some(match text {
        "~" | "null" | "Null" | "NULL" => Resolved::Null,
        "true" | "True" | "TRUE" => Resolved::Bool(true),
        "false" | "False" | "FALSE" => Resolved::Bool(false),
        _ if version == Version::V3 => return None,
        "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Resolved::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Resolved::Bool(false),
        _ => return None,
    })
}

fn infinite(text: &str) -> Option<Resolved> {
    Some(Resolved::Float(match text {
        ".nan" | ".NaN" | ".NAN" => f64::NAN,
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => f64::INFINITY,
        "-.inf" | "-.Inf" | "-.INF" => f64::NEG_INFINITY,
        _ => return None,
    }))
}

/// A float that starts with a point: underscores only between digits.
fn point_float(text: &str) -> Option<Resolved> {
    let bytes = text.as_bytes();
    let is_digit = |at: Option<usize>| {
        at.and_then(|at| bytes.get(at))
            .is_some_and(u8::is_ascii_digit)
    };
    let mut underscores = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'_');
    if !underscores.all(|(at, _)| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1))) {
        return None;
    }
    float(&text.replace('_', ""))
}

/// A number that starts with a digit or a sign: underscores anywhere.
fn number(text: &str, version: Version) -> Option<Resolved> {
    if text.contains('_') {
        return plain_number(&text.replace('_', ""), version);
    }
    plain_number(text, version)
}

fn plain_number(text: &str, version: Version) -> Option<Resolved> {
    let integer = integer(text).or_else(|| signed_behind_prefix(text, version));
    integer.map(Resolved::Int).or_else(|| float(text))
}

/// An integer in Go's syntax, with `010` as octal. Above the greatest `i64` it has no sign.
fn integer(text: &str) -> Option<i128> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // The standard library would accept a second sign.
    if !digits.starts_with(|first: char| first.is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from(u64::from_str_radix(digits, radix).ok()?);
    let value = if text.starts_with('-') {
        -magnitude
    } else {
        magnitude
    };
    let signed = text.starts_with(['+', '-']);
    (!signed || i64::try_from(value).is_ok()).then_some(value)
}

/// Accepts a sign after the prefix, such as `0b-11`; for octals only version 3 does.
fn signed_behind_prefix(text: &str, version: Version) -> Option<i128> {
    let (radix, signed) = match text.split_at_checked(2)? {
        ("0b", signed) => (2, signed),
        ("0o", signed) if version == Version::V3 => (8, signed),
        _ => return None,
    };
    i64::from_str_radix(signed, radix).ok().map(i128::from)
}

/// A decimal number that is finite as a `f64`.
fn float(text: &str) -> Option<Resolved> {
    let is_decimal = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
    if !text.bytes().all(is_decimal) {
        return None;
    }
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Resolved::Float(value))
}
