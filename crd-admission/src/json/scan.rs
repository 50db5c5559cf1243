//! Strings and numbers of a JSON text.

use std::borrow::Cow;

use super::decode::{SyntaxError, Token};

/// A JSON text, to read strings from.
pub(super) struct Text<'a> {
    bytes: &'a [u8],
    /// The text, if it is all UTF-8: then no string needs a check.
    utf8: Option<&'a str>,
}

impl<'a> Text<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let utf8 = std::str::from_utf8(bytes).ok();
        Self { bytes, utf8 }
    }

    /// A string, from the byte after its opening quote; returns the position after the closing one.
    ///
    /// As in Go, bytes that are not UTF-8 and lone surrogates each become U+FFFD.
    pub(super) fn string(&self, start: usize) -> Result<(Cow<'a, str>, usize), SyntaxError> {
        let end = start + plain_run(&self.bytes[start..]);
        if self.bytes.get(end) == Some(&b'"')
            && let Some(plain) = self.utf8.and_then(|text| text.get(start..end))
        {
            return Ok((Cow::Borrowed(plain), end + 1));
        }
        escaped_string(self.bytes, start)
    }
}

/// The number of bytes before a quote, a backslash or a control character.
fn plain_run(text: &[u8]) -> usize {
    let (words, rest) = text.as_chunks();
    let mut run = 0;
    for word in words {
        let special = special_bytes(u64::from_le_bytes(*word));
        if special != 0 {
            return run + (special.trailing_zeros() / 8) as usize;
        }
        run += word.len();
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..b' ');
    run + rest.iter().position(special).unwrap_or(rest.len())
}

/// The highest bit of each of eight bytes that is special; bits after the first may be wrong.
///
/// A byte is below `n < 128` if subtracting `n` borrows from a highest bit that was not set.
const fn special_bytes(word: u64) -> u64 {
    const ONES: u64 = u64::MAX / 255;
    const HIGHEST: u64 = ONES << 7;
    const fn below(word: u64, n: u8) -> u64 {
        word.wrapping_sub(ONES * n as u64) & !word
    }
    let quote = below(word ^ (ONES * b'"' as u64), 1);
    let backslash = below(word ^ (ONES * b'\\' as u64), 1);
    (quote | backslash | below(word, b' ')) & HIGHEST
}

#[cold]
fn escaped_string(text: &[u8], start: usize) -> Result<(Cow<'_, str>, usize), SyntaxError> {
    let mut out = String::new();
    let mut at = start;
    loop {
        let run = plain_run(&text[at..]);
        push_lossy(&mut out, &text[at..at + run]);
        at += run;
        match text.get(at) {
            Some(b'"') => return Ok((Cow::Owned(out), at + 1)),
            Some(b'\\') => at = escape(text, at + 1, &mut out)?,
            Some(_) => return Err(SyntaxError::Unexpected(at)),
            None => return Err(SyntaxError::End),
        }
    }
}

/// Appends bytes; each byte that is not part of a character becomes U+FFFD.
fn push_lossy(out: &mut String, mut bytes: &[u8]) {
    loop {
        match std::str::from_utf8(bytes) {
            Ok(text) => return out.push_str(text),
            Err(error) => {
                let (valid, rest) = bytes.split_at(error.valid_up_to());
                out.push_str(&String::from_utf8_lossy(valid));
                out.push(char::REPLACEMENT_CHARACTER);
                bytes = rest.get(1..).unwrap_or_default();
            }
        }
    }
}

/// An escape, from the byte after the backslash.
fn escape(text: &[u8], at: usize, out: &mut String) -> Result<usize, SyntaxError> {
    let c = match text.get(at) {
        Some(&c @ (b'"' | b'\\' | b'/')) => char::from(c),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode_escape(text, at + 1, out),
        Some(_) => return Err(SyntaxError::Unexpected(at)),
        None => return Err(SyntaxError::End),
    };
    out.push(c);
    Ok(at + 1)
}

/// `\uXXXX`, from the first digit, with the low surrogate that may follow.
fn unicode_escape(text: &[u8], at: usize, out: &mut String) -> Result<usize, SyntaxError> {
    let first = hex4(text, at).ok_or(SyntaxError::Unexpected(at))?;
    let end = at + 4;
    if let Some(c) = char::from_u32(first) {
        out.push(c);
        return Ok(end);
    }
    let pair = text
        .get(end..end + 2)
        .filter(|escape| escape == b"\\u")
        .and_then(|_| hex4(text, end + 2))
        .and_then(|second| surrogate_pair(first, second));
    let Some(c) = pair else {
        out.push(char::REPLACEMENT_CHARACTER);
        return Ok(end);
    };
    out.push(c);
    Ok(end + 6)
}

fn surrogate_pair(high: u32, low: u32) -> Option<char> {
    let high = high.checked_sub(0xd800).filter(|&bits| bits < 0x400)?;
    let low = low.checked_sub(0xdc00).filter(|&bits| bits < 0x400)?;
    char::from_u32(0x1_0000 + (high << 10) + low)
}

fn hex4(text: &[u8], at: usize) -> Option<u32> {
    let digits = text.get(at..at + 4)?;
    digits.iter().try_fold(0, |number, &digit| {
        Some(number * 16 + char::from(digit).to_digit(16)?)
    })
}

/// A number, from its first byte; returns the position after it.
///
/// As in the API server, a number without `.` that fits is an `i64`, others are doubles; one beyond
/// their range is an error.
pub(super) fn number(text: &[u8], start: usize) -> Result<(Token<'static>, usize), SyntaxError> {
    let end = number_end(text, start)?;
    let digits =
        std::str::from_utf8(&text[start..end]).map_err(|_| SyntaxError::Unexpected(start))?;
    if let Ok(integer) = digits.parse() {
        return Ok((Token::Int(integer), end));
    }
    match digits.parse::<f64>() {
        Ok(float) if float.is_finite() => Ok((Token::Float(float), end)),
        _ => Err(SyntaxError::Number(start)),
    }
}

fn number_end(text: &[u8], start: usize) -> Result<usize, SyntaxError> {
    let mut at = start;
    if text.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match text.get(at) {
        Some(b'0') => at + 1,
        _ => digits_end(text, at)?,
    };
    if text.get(at) == Some(&b'.') {
        at = digits_end(text, at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        at += 1;
        if let Some(b'+' | b'-') = text.get(at) {
            at += 1;
        }
        at = digits_end(text, at)?;
    }
    Ok(at)
}

/// The position after one or more digits.
fn digits_end(text: &[u8], start: usize) -> Result<usize, SyntaxError> {
    let rest = text.get(start..).unwrap_or_default();
    let count = rest
        .iter()
        .position(|b| !b.is_ascii_digit())
        .unwrap_or(rest.len());
    match (count, rest.is_empty()) {
        (0, true) => Err(SyntaxError::End),
        (0, false) => Err(SyntaxError::Unexpected(start)),
        _ => Ok(start + count),
    }
}
