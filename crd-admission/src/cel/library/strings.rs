//! The `strings` extension of cel-go. Positions count characters.

use super::{Cost, List, Overload, string_format};
use crate::cel::fault::Fault;
use crate::cel::types::Type as T;
use crate::cel::value::Value;

pub(super) fn overloads() -> Vec<Overload> {
    let mut overloads = by_position();
    overloads.extend(of_the_whole());
    overloads
}

fn by_position() -> Vec<Overload> {
    vec![
        Overload::member(
            "charAt",
            "string_char_at_int",
            [T::String, T::Int],
            T::String,
            try_run!(|String(text), Int(at)| char_at(text, *at)),
        ),
        Overload::member(
            "indexOf",
            "string_index_of_string",
            [T::String, T::String],
            T::Int,
            try_run!(|String(text), String(part)| index_of(text, part, 0)),
        )
        .costs(Cost::TRAVERSE),
        Overload::member(
            "indexOf",
            "string_index_of_string_int",
            [T::String, T::String, T::Int],
            T::Int,
            try_run!(|String(text), String(part), Int(from)| index_of(text, part, *from)),
        )
        .costs(Cost::TRAVERSE),
        Overload::member(
            "lastIndexOf",
            "string_last_index_of_string",
            [T::String, T::String],
            T::Int,
            try_run!(|String(text), String(part)| last_index_of(text, part)),
        )
        .costs(Cost::TRAVERSE),
        Overload::member(
            "lastIndexOf",
            "string_last_index_of_string_int",
            [T::String, T::String, T::Int],
            T::Int,
            try_run!(|String(text), String(part), Int(from)| last_index_of_from(text, part, *from)),
        )
        .costs(Cost::TRAVERSE),
        Overload::member(
            "substring",
            "string_substring_int",
            [T::String, T::Int],
            T::String,
            try_run!(|String(text), Int(start)| substring_from(text, *start)),
        )
        .costs(Cost::TRANSFORM),
        Overload::member(
            "substring",
            "string_substring_int_int",
            [T::String, T::Int, T::Int],
            T::String,
            try_run!(|String(text), Int(start), Int(end)| substring(text, *start, *end)),
        )
        .costs(Cost::TRANSFORM),
    ]
}

fn of_the_whole() -> Vec<Overload> {
    vec![
        Overload::member(
            "lowerAscii",
            "string_lower_ascii",
            [T::String],
            T::String,
            run!(|String(text)| text.to_ascii_lowercase()),
        )
        .costs(Cost::TRANSFORM),
        Overload::member(
            "replace",
            "string_replace_string_string",
            [T::String, T::String, T::String],
            T::String,
            run!(|String(text), String(old), String(new)| replace(text, old, new, -1)),
        )
        .costs(Cost::REPLACE),
        Overload::member(
            "replace",
            "string_replace_string_string_int",
            [T::String, T::String, T::String, T::Int],
            T::String,
            run!(
                |String(text), String(old), String(new), Int(limit)| replace(
                    text, old, new, *limit
                )
            ),
        )
        .costs(Cost::REPLACE),
        Overload::member(
            "split",
            "string_split_string",
            [T::String, T::String],
            T::list(T::String),
            run!(|String(text), String(separator)| split(text, separator, -1)),
        )
        .costs(Cost::SPLIT),
        Overload::member(
            "split",
            "string_split_string_int",
            [T::String, T::String, T::Int],
            T::list(T::String),
            run!(|String(text), String(separator), Int(limit)| split(text, separator, *limit)),
        )
        .costs(Cost::SPLIT),
        Overload::member(
            "trim",
            "string_trim",
            [T::String],
            T::String,
            run!(|String(text)| text.trim().to_owned()),
        )
        .costs(Cost::TRANSFORM),
        Overload::member(
            "upperAscii",
            "string_upper_ascii",
            [T::String],
            T::String,
            run!(|String(text)| text.to_ascii_uppercase()),
        )
        .costs(Cost::TRANSFORM),
        Overload::member(
            "format",
            "string_format",
            [T::String, T::list(T::Dyn)],
            T::String,
            try_run!(|String(format), List(values)| string_format::format(format, values)),
        )
        .sequential()
        .costs(Cost::FORMAT),
        Overload::new(
            "strings.quote",
            "strings_quote",
            [T::String],
            T::String,
            run!(|String(text)| quote(text)),
        )
        .costs(Cost::QUOTE),
        Overload::member(
            "join",
            "list_join",
            [T::list(T::String)],
            T::String,
            try_run!(|List(texts)| join(texts, "")),
        )
        .costs(Cost::JOIN),
        Overload::member(
            "join",
            "list_join_string",
            [T::list(T::String), T::String],
            T::String,
            try_run!(|List(texts), String(separator)| join(texts, separator)),
        )
        .costs(Cost::JOIN),
    ]
}

#[cold]
fn out_of_range(index: i64) -> Fault {
    Fault::text(format!("index out of range: {index}"))
}

/// The byte offset of a character; the end counts as one.
fn byte_at(text: &str, index: i64) -> Result<usize, Fault> {
    let nth = usize::try_from(index).map_err(|_| out_of_range(index))?;
    let starts = text.char_indices().map(|(at, _)| at);
    let mut starts = starts.chain(std::iter::once(text.len()));
    starts.nth(nth).ok_or_else(|| out_of_range(index))
}

fn char_at(text: &str, index: i64) -> Result<String, Fault> {
    let start = byte_at(text, index)?;
    let character = text.get(start..).and_then(|rest| rest.chars().next());
    Ok(character.map(String::from).unwrap_or_default())
}

/// The index of a character, from its byte offset.
fn index_at(text: &str, byte: usize) -> i64 {
    let before = text.get(..byte).unwrap_or_default().chars().count();
    i64::try_from(before).unwrap_or(i64::MAX)
}

/// The position of `part`; -1 if it does not occur, or if `from` is beyond the end.
fn index_of(text: &str, part: &str, from: i64) -> Result<i64, Fault> {
    if part.is_empty() {
        return Ok(from);
    }
    if from < 0 {
        return Err(out_of_range(from));
    }
    let Ok(start) = byte_at(text, from) else {
        return Ok(-1);
    };
    let found = text.get(start..).and_then(|rest| rest.find(part));
    Ok(found.map_or(-1, |at| index_at(text, start + at)))
}

fn last_index_of(text: &str, part: &str) -> Result<i64, Fault> {
    if part.is_empty() {
        return Ok(index_at(text, text.len()));
    }
    if text.len() < part.len() {
        return Ok(-1);
    }
    last_index_of_from(text, part, index_at(text, text.len()) - 1)
}

/// The last position at or before `from`; -1 if there is none, or if `from` is beyond the end.
fn last_index_of_from(text: &str, part: &str, from: i64) -> Result<i64, Fault> {
    if part.is_empty() {
        return Ok(from);
    }
    let start = match byte_at(text, from) {
        Ok(start) if start < text.len() => start,
        Err(fault) if from < 0 => return Err(fault),
        _ => return Ok(-1),
    };
    // A match that starts there ends here.
    let end = text.len().min(start.saturating_add(part.len()));
    let end = (0..=end).rev().find(|end| text.is_char_boundary(*end));
    let found = end.and_then(|end| text.get(..end)?.rfind(part));
    Ok(found.map_or(-1, |at| index_at(text, at)))
}

/// Replaces up to `limit` matches, or all if it is negative. The empty text matches around each
/// character.
fn replace(text: &str, old: &str, new: &str, limit: i64) -> String {
    match usize::try_from(limit) {
        Ok(limit) => text.replacen(old, new, limit),
        Err(_) => text.replace(old, new),
    }
}

/// Splits into up to `limit` parts, or all if it is negative. An empty separator splits into
/// characters.
fn split(text: &str, separator: &str, limit: i64) -> Vec<String> {
    let limit = match usize::try_from(limit) {
        Ok(0) => return Vec::new(),
        Ok(limit) => limit,
        Err(_) => usize::MAX,
    };
    if separator.is_empty() {
        return characters(text, limit);
    }
    text.splitn(limit, separator).map(str::to_owned).collect()
}

/// The last part is the rest.
fn characters(text: &str, limit: usize) -> Vec<String> {
    let mut rest = text;
    let mut parts = Vec::new();
    while let Some(first) = rest.chars().next() {
        if parts.len() + 1 == limit {
            parts.push(rest.to_owned());
            break;
        }
        parts.push(first.to_string());
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    parts
}

fn substring_from(text: &str, start: i64) -> Result<String, Fault> {
    let start = byte_at(text, start)?;
    Ok(text.get(start..).unwrap_or_default().to_owned())
}

fn substring(text: &str, start: i64, end: i64) -> Result<String, Fault> {
    if start > end {
        let fault = format!("invalid substring range. start: {start}, end: {end}");
        return Err(Fault::text(fault));
    }
    let (start, end) = (byte_at(text, start)?, byte_at(text, end)?);
    Ok(text.get(start..end).unwrap_or_default().to_owned())
}

/// In double quotes, with CEL's escapes.
fn quote(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        let escaped = match c {
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\u{b}' => 'v',
            '\\' | '"' => c,
            _ => {
                quoted.push(c);
                continue;
            }
        };
        quoted.push('\\');
        quoted.push(escaped);
    }
    quoted.push('"');
    quoted
}

fn join(texts: &List<'_>, separator: &str) -> Result<String, Fault> {
    let mut joined = String::new();
    for (i, text) in texts.iter().enumerate() {
        joined.push_str(if i == 0 { "" } else { separator });
        match text {
            Ok(Value::String(text)) => joined.push_str(&text),
            Ok(other) => return Err(Fault::text(format!("join: invalid input: {other}"))),
            Err(fault) => return Err(Fault::text(format!("join: invalid input: {fault}"))),
        }
    }
    Ok(joined)
}
