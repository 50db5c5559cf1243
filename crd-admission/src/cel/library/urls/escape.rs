//! URL escapes, as in Go's `net/url`.

use std::fmt::Write as _;

use crate::cel::go::Quoted;

/// The part of the URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Host,
    Zone,
    User,
    Query,
    Fragment,
}

/// Whether a byte is escaped in a part.
pub(super) fn is_escaped(byte: u8, part: Part) -> bool {
    match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => false,
        b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b',' | b';' | b'=' | b':'
        | b'[' | b']' | b'<' | b'>' | b'"'
            if matches!(part, Part::Host | Part::Zone) =>
        {
            false
        }
        b'$' | b'&' | b'+' | b',' | b'/' | b':' | b';' | b'=' | b'?' | b'@' => match part {
            Part::Path => byte == b'?',
            Part::User => matches!(byte, b'@' | b'/' | b'?' | b':'),
            Part::Fragment => false,
            Part::Query | Part::Host | Part::Zone => true,
        },
        b'!' | b'(' | b')' | b'*' => part != Part::Fragment,
        _ => true,
    }
}

pub(super) fn escape(bytes: &[u8], part: Part) -> String {
    let mut escaped = String::with_capacity(bytes.len());
    for &byte in bytes {
        if is_escaped(byte, part) {
            // Writing to a string cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        } else {
            escaped.push(char::from(byte));
        }
    }
    escaped
}

/// Decodes escapes; the error names the invalid escape or character.
pub(super) fn unescape(text: &str, part: Part) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let is_host = matches!(part, Part::Host | Part::Zone);
    while let Some((&byte, after)) = rest.split_first() {
        match byte {
            b'%' => {
                let Some(value) = after.get(..2).and_then(hex) else {
                    return Err(bad_escape(rest));
                };
                let is_percent = value == b'%';
                let is_bad = match part {
                    Part::Host => value < 0x80 && !is_percent,
                    Part::Zone => !is_percent && value != b' ' && is_escaped(value, Part::Host),
                    _ => false,
                };
                if is_bad {
                    return Err(bad_escape(rest));
                }
                bytes.push(value);
                rest = after.get(2..).unwrap_or_default();
                continue;
            }
            b'+' if part == Part::Query => bytes.push(b' '),
            byte if is_host && byte < 0x80 && is_escaped(byte, part) => {
                let character = char::from(byte).to_string();
                return Err(format!(
                    "invalid character {} in host name",
                    Quoted(&character)
                ));
            }
            byte => bytes.push(byte),
        }
        rest = after;
    }
    Ok(bytes)
}

#[cold]
fn bad_escape(rest: &[u8]) -> String {
    let escape = String::from_utf8_lossy(rest.get(..3).unwrap_or(rest));
    format!("invalid URL escape {}", Quoted(&escape))
}

fn hex(digits: &[u8]) -> Option<u8> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    match digits {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    }
}
