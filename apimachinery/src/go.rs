//! Texts in the formats of Go's `fmt`, `strconv` and `encoding/json`, in which an API server's
//! messages quote values.
//!
//! ```
//! use apimachinery::go::{Float, Quoted};
//!
//! assert_eq!(Quoted("a\tb").to_string(), r#""a\tb""#);
//! assert_eq!(Float(1e6).to_string(), "1e+06");
//! ```
//!
//! The wrappers are exhaustive: each formats its only field.

use std::fmt::{self, Write as _};
use std::ops::Range;

use crate::unicode::is_newer_than_go;

/// A string as `%q` writes it.
#[derive(Clone, Copy, Debug)]
pub struct Quoted<'a>(pub &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\u{7}' => f.write_str("\\a")?,
                '\u{8}' => f.write_str("\\b")?,
                '\u{c}' => f.write_str("\\f")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\u{b}' => f.write_str("\\v")?,
                c if is_printable(c) => f.write_char(c)?,
                c if c < ' ' || c == '\u{7f}' => write!(f, "\\x{:02x}", u32::from(c))?,
                c if u32::from(c) < 0x1_0000 => write!(f, "\\u{:04x}", u32::from(c))?,
                c => write!(f, "\\U{:08x}", u32::from(c))?,
            }
        }
        f.write_char('"')
    }
}

/// A string as Go's package `time` quotes it in errors.
#[derive(Clone, Copy, Debug)]
pub struct TimeQuoted<'a>(pub &'a str);

impl fmt::Display for TimeQuoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for c in self.0.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                ' '..='\u{7f}' => f.write_char(c)?,
                c => {
                    let mut bytes = [0; 4];
                    for byte in c.encode_utf8(&mut bytes).bytes() {
                        write!(f, "\\x{byte:02x}")?;
                    }
                }
            }
        }
        f.write_char('"')
    }
}

/// Whether a character is a letter, mark, number, punctuation, symbol, or the ASCII space.
///
/// The standard library only exposes this through `escape_debug`, which escapes a mark only at the
/// start of a text; hence the letter before it.
pub fn is_printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    if is_newer_than_go(c) {
        return false;
    }
    let mut buffer = [b'a'; 5];
    let length = c.encode_utf8(&mut buffer[1..]).len();
    std::str::from_utf8(&buffer[..=length]).is_ok_and(|text| text.escape_debug().nth(1) == Some(c))
}

/// An absolute path, cleaned as by Go's `path.Join`: without empty parts, `.` and `..`.
pub fn clean_path<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut kept = Vec::new();
    for name in parts.into_iter().flat_map(|part| part.split('/')) {
        match name {
            "" | "." => {}
            ".." => drop(kept.pop()),
            name => kept.push(name),
        }
    }
    format!("/{}", kept.join("/"))
}

/// A floating-point number as `%v` writes it.
#[derive(Clone, Copy, Debug)]
pub struct Float(pub f64);

impl fmt::Display for Float {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_float(f, self.0, 1e-4..1e6, 2)
    }
}

/// A floating-point number as `encoding/json` writes it.
#[derive(Clone, Copy, Debug)]
pub struct JsonFloat(pub f64);

impl fmt::Display for JsonFloat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_float(f, self.0, 1e-6..1e21, 1)
    }
}

/// Writes numbers outside of `plain` with an exponent of at least `digits` digits.
fn write_float(
    f: &mut fmt::Formatter<'_>,
    number: f64,
    plain: Range<f64>,
    digits: usize,
) -> fmt::Result {
    let size = number.abs();
    if size == f64::INFINITY {
        return f.write_str(if number > 0.0 { "+Inf" } else { "-Inf" });
    }
    if size == 0.0 || size.is_nan() || plain.contains(&size) {
        return write!(f, "{number}");
    }
    let text = format!("{number:e}");
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    write!(f, "{mantissa}e{sign}{exponent:0>digits$}")
}

/// A string as `encoding/json` writes it.
pub fn write_json_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_as_by_go() {
        let text = "a\u{a0}\u{200b}\u{feff}\u{e0001}\u{301}é\u{7f}\u{7}\u{fffd}";
        assert_eq!(
            Quoted(text).to_string(),
            "\"a\\u00a0\\u200b\\ufeff\\U000e0001\u{301}é\\x7f\\a\u{fffd}\""
        );
        let mut json = String::new();
        write_json_string(&mut json, "\u{8}\u{c}\u{7f}\u{2028}<>&\u{1}");
        assert_eq!(json, "\"\\b\\f\u{7f}\\u2028\\u003c\\u003e\\u0026\\u0001\"");
    }

    #[test]
    fn paths_are_cleaned_as_by_go() {
        for (name, path) in [
            ("a", "/g/p/ns/a"),
            (".", "/g/p/ns"),
            ("..", "/g/p"),
            ("../../../../x", "/x"),
            ("", "/g/p/ns"),
            ("a//./b", "/g/p/ns/a/b"),
        ] {
            assert_eq!(clean_path(["g", "p", "ns", name]), path);
        }
    }

    #[test]
    fn floats_are_written_as_by_go() {
        let texts = [
            (1e6, "1e+06", "1000000"),
            (1e20, "1e+20", "100000000000000000000"),
            (1e21, "1e+21", "1e+21"),
            (123_456_789.5, "1.234567895e+08", "123456789.5"),
            (0.000_01, "1e-05", "0.00001"),
            (0.0001, "0.0001", "0.0001"),
            (100_000.0, "100000", "100000"),
            (-0.0, "-0", "-0"),
            (1e-7, "1e-07", "1e-7"),
            (f64::NAN, "NaN", "NaN"),
            (f64::NEG_INFINITY, "-Inf", "-Inf"),
        ];
        for (number, plain, json) in texts {
            assert_eq!(Float(number).to_string(), plain);
            assert_eq!(JsonFloat(number).to_string(), json);
        }
    }
}
