//! Values of literals.

/// The value of an integer literal, with its sign.
pub(crate) fn int(text: &str, is_negative: bool) -> Option<i64> {
    let (digits, radix) = digits(text);
    let sign = if is_negative { "-" } else { "" };
    i64::from_str_radix(&format!("{sign}{digits}"), radix).ok()
}

/// The value of an unsigned integer literal, with its `u`.
pub(crate) fn uint(text: &str) -> Option<u64> {
    let (digits, radix) = digits(text.trim_end_matches(['u', 'U']));
    u64::from_str_radix(digits, radix).ok()
}

fn digits(text: &str) -> (&str, u32) {
    match text.strip_prefix("0x") {
        Some(hex) => (hex, 16),
        None => (text, 10),
    }
}

/// The value of a double literal, with its sign.
pub(crate) fn double(text: &str, is_negative: bool) -> Option<f64> {
    let number: f64 = text.parse().ok()?;
    let number = if is_negative { -number } else { number };
    number.is_finite().then_some(number)
}

/// The value of a string literal.
pub(crate) fn string(quoted: &str) -> Result<String, &'static str> {
    let bytes = unescape(quoted, false)?;
    String::from_utf8(bytes).map_err(|_| CANNOT)
}

/// The value of a byte string literal, without its `b`.
pub(crate) fn bytes(quoted: &str) -> Result<Vec<u8>, &'static str> {
    unescape(quoted, true)
}

const CANNOT: &str = "unable to unescape string";
const NO_CODE_POINT: &str = "invalid unicode code point";

fn unescape(quoted: &str, is_bytes: bool) -> Result<Vec<u8>, &'static str> {
    let normalized = quoted.replace("\r\n", "\n").replace('\r', "\n");
    let raw = normalized.strip_prefix(['r', 'R']);
    let quoted = raw.unwrap_or(&normalized);
    let inside = inside(quoted).ok_or(CANNOT)?;
    if raw.is_some() {
        return Ok(inside.into());
    }
    let mut out = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.extend_from_slice(before.as_bytes());
        let (value, length) = escaped(escape.get(1..).ok_or(CANNOT)?, is_bytes)?;
        match value {
            Escaped::Byte(byte) => out.push(byte),
            Escaped::Char(c) => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        rest = escape.get(1 + length..).ok_or(CANNOT)?;
    }
    out.extend_from_slice(rest.as_bytes());
    Ok(out)
}

/// The text between the quotes, single or triple.
fn inside(quoted: &str) -> Option<&str> {
    let three = ["'''", "\"\"\""].into_iter().find_map(|quotes| {
        let inside = quoted.strip_prefix(quotes)?;
        inside.strip_suffix(quotes)
    });
    let one = || {
        let end = quoted.len().checked_sub(1)?;
        quoted.get(1..end)
    };
    three.or_else(one)
}

enum Escaped {
    Byte(u8),
    Char(char),
}

/// The value of an escape sequence after its backslash, and its length.
fn escaped(text: &str, is_bytes: bool) -> Result<(Escaped, usize), &'static str> {
    let first = *text.as_bytes().first().ok_or(CANNOT)?;
    let simple = match first {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'\'' | b'"' | b'`' | b'?' => first,
        b'x' | b'X' => return code(text, 1, 2, 16, is_bytes),
        b'u' if !is_bytes => return code(text, 1, 4, 16, is_bytes),
        b'U' if !is_bytes => return code(text, 1, 8, 16, is_bytes),
        b'0'..=b'3' => return code(text, 0, 3, 8, is_bytes),
        _ => return Err(CANNOT),
    };
    Ok((Escaped::Byte(simple), 1))
}

/// The code point, or the byte, with these digits.
fn code(
    text: &str,
    from: usize,
    count: usize,
    radix: u32,
    is_bytes: bool,
) -> Result<(Escaped, usize), &'static str> {
    let end = from + count;
    let digits = text.get(from..end).ok_or(CANNOT)?;
    let code = u32::from_str_radix(digits, radix).map_err(|_| CANNOT)?;
    let escaped = if is_bytes {
        Escaped::Byte(u8::try_from(code).map_err(|_| CANNOT)?)
    } else {
        Escaped::Char(char::from_u32(code).ok_or(NO_CODE_POINT)?)
    };
    Ok((escaped, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_unescaped() {
        let cases = [
            (r"'a\n\t\\'", "a\n\t\\"),
            (r#""\x41\u00e9\U0001F600\101""#, "Aé😀A"),
            (r"r'\d'", r"\d"),
            ("'''a\r\n'b'''", "a\n'b"),
            ("''", ""),
            ("\"\"\"\"\"\"", ""),
        ];
        for (text, expected) in cases {
            assert_eq!(string(text).as_deref(), Ok(expected), "{text}");
        }
        assert_eq!(string(r"'\ud800'"), Err(NO_CODE_POINT));
    }

    #[test]
    fn bytes_are_bytes_where_strings_are_code_points() {
        assert_eq!(bytes(r"'\xff\377é'"), Ok(vec![0xff, 0xff, 0xc3, 0xa9]));
        assert_eq!(bytes(r"'\u0041'"), Err(CANNOT));
    }

    #[test]
    fn numbers_stay_within_their_bounds() {
        assert_eq!(int("9223372036854775808", true), Some(i64::MIN));
        assert_eq!(int("9223372036854775808", false), None);
        assert_eq!(int("0x10", true), Some(-16));
        assert_eq!(uint("0xffu"), Some(255));
        assert_eq!(double("1e999", false), None);
        assert_eq!(double(".5", true), Some(-0.5));
    }
}
