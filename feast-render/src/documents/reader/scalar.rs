//! What a scalar stands for: YAML 1.2 with some of 1.1, as go-yaml v3 reads it.

use crate::documents::timestamp::Timestamp;
use crate::documents::value::{Float, Value};

/// What the text of a plain scalar stands for.
pub(super) fn resolve(text: &str) -> Value {
    if let Some(value) = word(text) {
        return value;
    }
    let number = match text.as_bytes().first() {
        Some(b'.') => float(text),
        Some(b'0'..=b'9' | b'+' | b'-') => Timestamp::read(text)
            .map(Value::Timestamp)
            .or_else(|| number(&text.replace('_', ""))),
        _ => None,
    };
    number.unwrap_or_else(|| text.into())
}

fn word(text: &str) -> Option<Value> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Value::Float(Float(f64::NAN)),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => {
            Value::Float(Float(f64::INFINITY))
        }
        "-.inf" | "-.Inf" | "-.INF" => Value::Float(Float(f64::NEG_INFINITY)),
        _ => return None,
    })
}

fn number(text: &str) -> Option<Value> {
    integer(text).map(Value::Int).or_else(|| float(text))
}

fn integer(text: &str) -> Option<i128> {
    go_integer(text).or_else(|| {
        // A sign behind the prefix is taken as well.
        let (radix, signed) = match text.split_at_checked(2)? {
            ("0b", signed) => (2, signed),
            ("0o", signed) => (8, signed),
            _ => return None,
        };
        i64::from_str_radix(signed, radix).ok().map(i128::from)
    })
}

/// An integer as Go writes it, `010` being octal. Above the greatest `i64` it has no sign.
fn go_integer(text: &str) -> Option<i128> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)?),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)?),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    // The standard library would take a second sign.
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

/// A decimal number that is finite as a `f64`.
fn float(text: &str) -> Option<Value> {
    let value: f64 = text.parse().ok()?;
    value.is_finite().then_some(Value::Float(Float(value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: impl Into<Value>) {
        assert!(resolve(text) == expected.into(), "{text}");
    }

    fn int(value: i128) -> Value {
        Value::Int(value)
    }

    fn float(value: f64) -> Value {
        Value::Float(Float(value))
    }

    #[test]
    fn words() {
        for text in ["", "~", "null", "Null", "NULL"] {
            check(text, Value::Null);
        }
        check("True", true);
        check("FALSE", false);
        check("-.INF", float(f64::NEG_INFINITY));
        check(".nan", float(f64::NAN));
        for text in [
            "yes", "No", "on", "OFF", "y", "nULL", "tRUE", ".Nan", "inf", "<<", "=",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn integers() {
        check("0x1F", int(31));
        check("0o17", int(15));
        check("-0O17", int(-15));
        check("0777", int(511));
        check("0b101", int(5));
        check("-0b11", int(-3));
        check("0b-11", int(-3));
        check("0o+7", int(7));
        check("1_000", int(1000));
        check("+12", int(12));
        check("-0", int(0));
        check("9223372036854775808", int(9_223_372_036_854_775_808));
        check("18446744073709551615", int(u64::MAX.into()));
        check("-9223372036854775808", int(i64::MIN.into()));
        for text in ["0x", "0b2", "0xG", "--1", "+-1", "1 2", "12:30:45", "0x1p2"] {
            check(text, text);
        }
    }

    #[test]
    fn floats() {
        check("08", float(8.0));
        check("1.", float(1.0));
        check(".5", float(0.5));
        check("-.5e1", float(-5.0));
        check("1e3", float(1000.0));
        check("1_0.5", float(10.5));
        check("+9223372036854775808", float(9_223_372_036_854_775_808.0));
        check("18446744073709551616", float(18_446_744_073_709_551_616.0));
        for text in [
            ".", "..", ".5_0", "1e", "1e999", "1.2.3", "-", "+", "-.", "1e+", ".e1",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn timestamps() {
        let date = Timestamp::read("2024-01-01").unwrap();
        check("2024-01-01", Value::Timestamp(date));
        check("2024-01-32", "2024-01-32");
    }
}
