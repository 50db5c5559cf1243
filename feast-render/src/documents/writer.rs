//! Writes YAML that all YAML 1.1 and 1.2 loaders read as the same data.
//!
//! Blocks are indented by four spaces. A string is plain if every loader reads it as a string, and
//! double-quoted otherwise.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::go_text;
use go_yaml::{Float, Mapping, Value};

const INDENT: usize = 4;

/// Capacity for most documents.
const TYPICAL: usize = 1 << 10;

/// Loaders accept a key of up to 1,024 characters without `?`; this leaves room for quotes.
const MAX_UNMARKED_KEY: usize = 1_000;

/// The format of floating point numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Floats {
    /// As go-yaml does: `1`, `1e-07`. PyYAML reads the former as an integer and the latter as a
    /// string.
    Go,
    /// Always with a decimal point: `1.0`, `1.0e-07`.
    Pointed,
}

/// Writes a mapping as a document.
pub(super) fn write(document: &Mapping, floats: Floats) -> String {
    let mut writer = Writer {
        out: String::with_capacity(TYPICAL),
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
    /// Writes the entries, each on its own line; the caller has begun the first line.
    fn map(&mut self, map: &Mapping, indent: usize) {
        for (nth, (key, value)) in map.iter().enumerate() {
            self.begin_line(nth, indent);
            let start = self.out.len();
            self.scalar(key);
            if self.out.len() - start > MAX_UNMARKED_KEY {
                self.out.insert_str(start, "? ");
                self.newline(indent);
            }
            self.out.push(':');
            self.nested(value, indent);
        }
    }

    /// Writes the value of a key, on indented lines below it if it does not fit.
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
            self.indent(indent);
        }
    }

    fn newline(&mut self, indent: usize) {
        self.out.push('\n');
        self.indent(indent);
    }

    /// An indent is a multiple of two.
    fn indent(&mut self, indent: usize) {
        for _ in 0..indent / 2 {
            self.out.push_str("  ");
        }
    }

    fn leaf(&mut self, value: &Value) {
        self.scalar(value);
        self.out.push('\n');
    }

    fn scalar(&mut self, value: &Value) {
        let out = &mut self.out;
        match value {
            Value::Null => out.push_str("null"),
            Value::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) => out.push_str(&value.to_string()),
            Value::Float(value) => out.push_str(&float(*value, self.floats)),
            Value::Timestamp(value) => out.push_str(&value.to_string()),
            Value::Text(text) if is_plain(text) => out.push_str(text),
            Value::Text(text) => quote(out, text),
            Value::Bytes(bytes) => {
                out.push_str("!!binary ");
                quote(out, &STANDARD.encode(bytes));
            }
            Value::List(_) => out.push_str("[]"),
            Value::Map(_) => out.push_str("{}"),
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

/// Whether every loader reads the plain text as this string.
///
/// Text that starts with a digit, a sign or a point could be a number, a date or a time.
fn is_plain(text: &str) -> bool {
    text.starts_with(|first| is_letter(first) || matches!(first, '_' | '/' | '$'))
        && is_readable(text)
        && !text.ends_with([' ', ':'])
        && !has_mark(text)
        && !is_reserved(text)
}

/// Whether the text has only letters and characters from space to tilde.
fn is_readable(text: &str) -> bool {
    if text.is_ascii() {
        return text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
    }
    text.chars()
        .all(|char| matches!(char, ' '..='~') || is_letter(char))
}

/// Whether the text contains the end of a plain scalar: a colon before a space, or a hash after
/// one.
fn has_mark(text: &str) -> bool {
    let pairs = text.as_bytes().windows(2);
    pairs.into_iter().any(|pair| pair == b": " || pair == b" #")
}

/// Letters of any script, and non-ASCII digits.
fn is_letter(char: char) -> bool {
    char.is_ascii_alphabetic() || !char.is_ascii() && char.is_alphanumeric()
}

/// The reserved words of YAML 1.1, in any case.
fn is_reserved(text: &str) -> bool {
    const WORDS: [&str; 9] = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];
    WORDS.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Writes the text double-quoted on one line, and escapes everything that a loader might reject.
fn quote(out: &mut String, text: &str) {
    out.push('"');
    for char in text.chars() {
        match char {
            '"' | '\\' => out.extend(['\\', char]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            ' '..='~' => out.push(char),
            _ if is_letter(char) => out.push(char),
            _ => escape(out, u32::from(char)),
        }
    }
    out.push('"');
}

fn escape(out: &mut String, code: u32) {
    // Writing to a string cannot fail.
    let _ = match code {
        0..=0xFF => write!(out, "\\x{code:02X}"),
        0x100..=0xFFFF => write!(out, "\\u{code:04X}"),
        _ => write!(out, "\\U{code:08X}"),
    };
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use go_yaml::{Scalars, read_mapping};

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let map = [("k".into(), text.into())].into_iter().collect();
        assert_eq!(write(&map, Floats::Go), format!("k: {expected}\n"));
    }

    #[test]
    fn strings_that_need_no_quotes() {
        for text in [
            "a",
            "a b",
            "a, b",
            "it's \"ok\"",
            "/feast-data/registry.db",
            "http://host:80/x?y#z",
            "postgresql://${USER}:p@db/x",
            "c:\\dir",
            "héllo 世界",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn ambiguous_strings_are_quoted() {
        for text in [
            "",
            " a",
            "a ",
            "a: b",
            "a:",
            "a #b",
            "- a",
            "? a",
            "yes",
            "No",
            "y",
            "null",
            "~",
            "True",
            "1",
            "1e3",
            "0o17",
            "1_000",
            "12:30:45",
            "2024-01-01",
            ".5",
            "-",
            "=",
            "<<",
            "{a}",
            "[a]",
            "&a",
            "*a",
            "!a",
            "%a",
            "@a",
            "`a",
            "'a'",
            "|",
            ">",
            "#",
            "---",
        ] {
            check(text, &format!("\"{text}\""));
        }
        check("\"a\"", r#""\"a\"""#);
        check("a\nb\tc\r", r#""a\nb\tc\r""#);
        check("1 世界", r#""1 世界""#);
        check(
            "\u{7}\u{85}\u{2028}\u{1F600}",
            r#""\x07\x85\u2028\U0001F600""#,
        );
    }

    #[test]
    fn floats_by_mode() {
        for (value, go, pointed) in [
            (1.0, "1", "1.0"),
            (-0.25, "-0.25", "-0.25"),
            (1e-7, "1e-07", "1.0e-07"),
            (1.5e10, "1.5e+10", "1.5e+10"),
            (f64::INFINITY, ".inf", ".inf"),
            (f64::NEG_INFINITY, "-.inf", "-.inf"),
            (f64::NAN, ".nan", ".nan"),
        ] {
            assert_eq!(float(Float(value), Floats::Go), go);
            assert_eq!(float(Float(value), Floats::Pointed), pointed);
        }
    }

    #[test]
    fn structure() {
        let yaml = "a: [1, [2, [3]], {b: {c: d}, e: []}]\nf: {}\n";
        let map = read_mapping(yaml.as_bytes(), Scalars::Resolved).unwrap();
        let expected = "a:
    - 1
    - - 2
      - - 3
    - b:
          c: d
      e: []
f: {}
";
        assert_eq!(write(&map, Floats::Go), expected);
        let keyed = |key: &str| {
            let map = [(key.into(), "v".into())].into_iter().collect();
            write(&map, Floats::Go)
        };
        let long = "k".repeat(MAX_UNMARKED_KEY);
        assert_eq!(keyed(&long), format!("{long}: v\n"));
        let long = long + "k";
        assert_eq!(keyed(&long), format!("? {long}\n: v\n"));
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            any::<String>(),
            "[-+0-9.:_exo yYnN#~\\[{&*!|>'\"\n\t]{0,8}",
            "[a-z]{1,4}"
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(|number| Value::Int(number.into())),
            any::<u64>().prop_map(|number| Value::Int(number.into())),
            any::<f64>().prop_map(|number| Value::Float(Float(number))),
            text().prop_map(Value::Text),
        ];
        leaf.prop_recursive(4, 32, 4, |inner| {
            let entries = prop::collection::btree_map(inner.clone(), inner.clone(), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::List),
                entries.prop_map(|entries| {
                    let is_scalar = |key: &Value| !matches!(key, Value::List(_) | Value::Map(_));
                    Value::Map(
                        entries
                            .into_iter()
                            .filter(|(key, _)| is_scalar(key))
                            .collect(),
                    )
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn written_data_is_read_back(entries in prop::collection::btree_map(text(), value(), 0..5)) {
            let map: Mapping = entries.into_iter().map(|(key, value)| (key.into(), value)).collect();
            let yaml = write(&map, Floats::Pointed);
            let again = read_mapping(yaml.as_bytes(), Scalars::Resolved);
            prop_assert!(again.as_ref() == Ok(&map), "{yaml}");
        }
    }
}
