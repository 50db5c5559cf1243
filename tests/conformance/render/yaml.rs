//! Documents as data, as PyYAML (which Feast uses) loads them.

use granit_parser::{Event, Parser, ScalarStyle};
use serde_json::{Map, Value, json};

/// Loads a document. 1.0 is 1; numbers and dates in unusual forms are objects with their text.
pub(super) fn load(text: &str) -> Result<Value, String> {
    let mut events = Vec::new();
    for next in Parser::new_from_str(text) {
        match next.map_err(|error| error.to_string())?.0 {
            Event::Scalar(text, style, ..) => events.push(Token::Leaf(scalar(&text, style))),
            Event::SequenceStart(..) => events.push(Token::Sequence),
            Event::MappingStart(..) => events.push(Token::Mapping),
            Event::SequenceEnd | Event::MappingEnd => events.push(Token::End),
            Event::Alias(..) => return Err("an alias".into()),
            _ => {}
        }
    }
    node(&mut events.into_iter()).ok_or_else(|| "no document".into())
}

/// A simplified event.
enum Token {
    Leaf(Value),
    Sequence,
    Mapping,
    End,
}

/// The next node; `None` at the end of a sequence, mapping or document.
fn node(tokens: &mut impl Iterator<Item = Token>) -> Option<Value> {
    match tokens.next()? {
        Token::Leaf(value) => Some(value),
        Token::End => None,
        Token::Sequence => {
            let mut items = Vec::new();
            while let Some(item) = node(tokens) {
                items.push(item);
            }
            Some(Value::Array(items))
        }
        Token::Mapping => {
            let mut map = Map::new();
            while let Some(key) = node(tokens) {
                let key = key.as_str().map_or_else(|| key.to_string(), str::to_owned);
                map.insert(key, node(tokens)?);
            }
            Some(Value::Object(map))
        }
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    if style != ScalarStyle::Plain {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => true.into(),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => false.into(),
        ".nan" | ".NaN" | ".NAN" => json!({ "float": "nan" }),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => json!({ "float": "inf" }),
        "-.inf" | "-.Inf" | "-.INF" => json!({ "float": "-inf" }),
        _ if is_unusual(text) => json!({ "unusual": text }),
        _ => number(text).unwrap_or_else(|| text.into()),
    }
}

/// A decimal integer, or a float with a point and, if it has an exponent, the exponent's sign.
fn number(text: &str) -> Option<Value> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let plain = text.replace('_', "");
    if digits.bytes().all(|b| b.is_ascii_digit() || b == b'_') {
        return Some(plain.parse::<i64>().map_or_else(
            |_| json!({ "integer": plain.trim_start_matches('+') }),
            Value::from,
        ));
    }
    let (mantissa, exponent) = digits.split_once(['e', 'E']).unwrap_or((digits, "+0"));
    let is_float = mantissa.contains('.')
        && mantissa.bytes().any(|b| b.is_ascii_digit())
        && exponent.starts_with(['+', '-'])
        && exponent.len() > 1;
    let float = plain.parse::<f64>().ok().filter(|_| is_float)?;
    Some(match format!("{float}").parse::<i64>() {
        Ok(integer) => integer.into(),
        Err(_) => json!(float),
    })
}

/// Octal, hexadecimal, binary or base-60 numbers, and dates.
fn is_unusual(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let only = |digits: &str, radix| {
        !digits.is_empty() && digits.chars().all(|c| c == '_' || c.is_digit(radix))
    };
    let octal = digits.strip_prefix('0').is_some_and(|rest| only(rest, 8));
    let hexadecimal = digits.strip_prefix("0x").is_some_and(|rest| only(rest, 16));
    let binary = digits.strip_prefix("0b").is_some_and(|rest| only(rest, 2));
    octal || hexadecimal || binary || is_base_60(digits) || is_date(text)
}

fn is_base_60(digits: &str) -> bool {
    let mut parts = digits.split(':');
    let first = parts.next().unwrap_or_default();
    let rest: Vec<&str> = parts.collect();
    let starts = first.starts_with(|c: char| c.is_ascii_digit())
        && first.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    let is_part = |part: &&str| part.parse::<u8>().is_ok_and(|part| part < 60);
    starts && !rest.is_empty() && rest.iter().all(is_part)
}

fn is_date(text: &str) -> bool {
    let shape: String = text
        .chars()
        .map(|c| if c.is_ascii_digit() { '0' } else { c })
        .collect();
    shape == "0000-00-00"
        || ["0000-00-00T", "0000-00-00t", "0000-00-00 "]
            .iter()
            .any(|date| {
                shape
                    .strip_prefix(date)
                    .is_some_and(|time| time.contains("0:00:00"))
            })
}

#[test]
fn loads_as_pyyaml_does() {
    let text = "a: 1.0\nb: 1e-07\nc: 1.5e+10\nd: yes\ne: 'yes'\nf: .nan\ng: 0123\nh: 12:30\n\
                i: 10.0.0.1\nj: [1, null, -2.5]\nk: {}\nl: 2024-01-01\nm: localhost:80\nn: |\n  x\n";
    assert_eq!(
        load(text),
        Ok(json!({
            "a": 1, "b": "1e-07", "c": 15_000_000_000_i64, "d": true, "e": "yes",
            "f": { "float": "nan" }, "g": { "unusual": "0123" }, "h": { "unusual": "12:30" },
            "i": "10.0.0.1", "j": [1, null, -2.5], "k": {}, "l": { "unusual": "2024-01-01" },
            "m": "localhost:80", "n": "x\n",
        }))
    );
    assert!(load("a: [").is_err());
}
