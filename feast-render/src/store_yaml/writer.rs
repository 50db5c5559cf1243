//! Writes YAML that every loader of YAML 1.1 or 1.2 reads as the same data.
//!
//! Blocks are indented by four spaces. A string is plain where nothing could take it for anything
//! else, and in double quotes otherwise.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::go_text;
use super::value::{Float, Mapping, Value};

const INDENT: usize = 4;

/// Loaders take a key of up to 1,024 characters without a mark; this leaves room for quotes.
const MAX_UNMARKED_KEY: usize = 1_000;

/// How floating point numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floats {
    /// As go-yaml writes them: `1`, `1e-07`. PyYAML takes the former for an integer and the latter
    /// for a string.
    Go,
    /// Always with a point: `1.0`, `1.0e-07`.
    Pointed,
}

/// Writes a mapping as a document.
pub(super) fn write(document: &Mapping, floats: Floats) -> String {
    let mut writer = Writer {
        out: String::new(),
        floats,
    };
    if document.is_empty() {
        writer.out.push_str("{}\n");
    }
    writer.map(document, 0);
    writer.out
}

struct Writer {
    out: String,
    floats: Floats,
}

impl Writer {
    /// Writes the entries, each on lines of its own. The first line is begun already.
    fn map(&mut self, map: &Mapping, indent: usize) {
        for (nth, (key, value)) in map.iter().enumerate() {
            self.begin_line(nth, indent);
            let key = self.scalar(key);
            if key.len() > MAX_UNMARKED_KEY {
                self.out.push_str("? ");
                self.out.push_str(&key);
                self.begin_line(1, indent);
            } else {
                self.out.push_str(&key);
            }
            self.out.push(':');
            self.nested(value, indent);
        }
    }

    /// Writes the value of a key, indented below it if it does not fit behind it.
    fn nested(&mut self, value: &Value, indent: usize) {
        let indent = indent + INDENT;
        match value {
            Value::Map(map) if !map.is_empty() => {
                self.newline(indent);
                self.map(map, indent);
            }
            Value::List(items) if !items.is_empty() => {
                self.newline(indent);
                self.list(items, indent);
            }
            _ => {
                self.out.push(' ');
                self.leaf(value);
            }
        }
    }

    fn list(&mut self, items: &[Value], indent: usize) {
        for (nth, item) in items.iter().enumerate() {
            self.begin_line(nth, indent);
            self.out.push_str("- ");
            match item {
                Value::Map(map) if !map.is_empty() => self.map(map, indent + 2),
                Value::List(items) if !items.is_empty() => self.list(items, indent + 2),
                _ => self.leaf(item),
            }
        }
    }

    fn begin_line(&mut self, nth: usize, indent: usize) {
        if nth > 0 {
            self.out.extend(std::iter::repeat_n(' ', indent));
        }
    }

    fn newline(&mut self, indent: usize) {
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn leaf(&mut self, value: &Value) {
        let text = self.scalar(value);
        self.out.push_str(&text);
        self.out.push('\n');
    }

    fn scalar(&self, value: &Value) -> String {
        match value {
            Value::Null => "null".into(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => float(*value, self.floats),
            Value::Timestamp(value) => value.to_string(),
            Value::Text(text) if is_plain(text) => text.clone(),
            Value::Text(text) => quoted(text),
            Value::Bytes(bytes) => format!("!!binary {}", quoted(&STANDARD.encode(bytes))),
            Value::List(_) => "[]".into(),
            Value::Map(_) => "{}".into(),
        }
    }
}

fn float(value: Float, floats: Floats) -> String {
    match value.0 {
        number if number.is_nan() => return ".nan".into(),
        f64::INFINITY => return ".inf".into(),
        f64::NEG_INFINITY => return "-.inf".into(),
        _ => {}
    }
    let text = go_text::float(value);
    if floats == Floats::Go || text.contains('.') {
        return text;
    }
    match text.split_once('e') {
        Some((mantissa, exponent)) => format!("{mantissa}.0e{exponent}"),
        None => text + ".0",
    }
}

/// Whether the text, without quotes, is this very string to every loader.
///
/// Whatever begins with a digit, a sign or a point could be a number, a date or a time.
fn is_plain(text: &str) -> bool {
    let Some(first) = text.chars().next() else {
        return false;
    };
    let begins_as_word = first.is_ascii_alphabetic() || matches!(first, '_' | '/' | '$');
    let begins_as_word = begins_as_word || is_foreign_letter(first);
    let is_inert = |char: char| {
        char.is_ascii_graphic() && !matches!(char, ':' | '#') || is_foreign_letter(char)
    };
    begins_as_word
        && !is_reserved(text)
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text
            .chars()
            .all(|char| is_inert(char) || matches!(char, ' ' | ':' | '#'))
}

fn is_foreign_letter(char: char) -> bool {
    !char.is_ascii() && char.is_alphanumeric()
}

/// The words of YAML 1.1, in any case.
fn is_reserved(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The text in double quotes, on one line, everything that a loader might not take escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            ' '..='~' => out.push(char),
            _ if is_foreign_letter(char) => out.push(char),
            _ => escape(&mut out, u32::from(char)),
        }
    }
    out.push('"');
    out
}

fn escape(out: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = match code {
        ..=0xFF => write!(out, "\\x{code:02X}"),
        ..=0xFFFF => write!(out, "\\u{code:04X}"),
        _ => write!(out, "\\U{code:08X}"),
    };
}
