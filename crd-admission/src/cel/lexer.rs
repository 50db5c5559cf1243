//! The tokens of an expression.

use super::source::Issues;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Lexeme,
    pub(crate) text: &'t str,
    /// Its byte offset.
    pub(crate) at: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lexeme {
    /// An operator, bracket or other sign, and `in`.
    Sign,
    Identifier,
    /// A name in backquotes.
    Quoted,
    True,
    False,
    Null,
    Int,
    Uint,
    Double,
    String,
    Bytes,
    End,
}

/// Signs, each before its prefixes.
const SIGNS: [&str; 24] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "[", "]", "{", "}", "(", ")", ".", ",", "-", "!",
    "?", ":", "+", "*", "/", "%",
];

/// Splits a text into tokens. The last one is [`Lexeme::End`].
pub(crate) fn tokens<'t>(text: &'t str, issues: &mut Issues) -> Vec<Token<'t>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let hidden = hidden(rest);
        if hidden > 0 {
            at += hidden;
            continue;
        }
        let start = u32::try_from(at).unwrap_or(u32::MAX);
        if let Some((kind, length)) = word(rest) {
            tokens.push(Token {
                kind,
                text: rest.get(..length).unwrap_or(rest),
                at: start,
            });
            at += length;
        } else {
            let wrong = unknown(rest);
            issues.report(
                start,
                format!("Syntax error: token recognition error at: '{wrong}'"),
            );
            at += wrong.len();
        }
    }
    tokens.push(Token {
        kind: Lexeme::End,
        text: "<EOF>",
        at: u32::try_from(text.len()).unwrap_or(u32::MAX),
    });
    tokens
}

/// The length of the white space or comment at the start of a text.
fn hidden(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    let is_space = |byte: &u8| matches!(byte, b'\t' | b' ' | b'\r' | b'\n' | 0x0c);
    text.bytes().take_while(is_space).count()
}

/// The token at the start of a text, and its length.
fn word(text: &str) -> Option<(Lexeme, usize)> {
    string(text)
        .or_else(|| number(text))
        .or_else(|| identifier(text))
        .or_else(|| quoted(text))
        .or_else(|| {
            let sign = SIGNS.iter().find(|sign| text.starts_with(**sign))?;
            Some((Lexeme::Sign, sign.len()))
        })
}

fn identifier(text: &str) -> Option<(Lexeme, usize)> {
    let is_start = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    if !text.bytes().next().is_some_and(is_start) {
        return None;
    }
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let length = text.bytes().take_while(is_part).count();
    let kind = match text.get(..length)? {
        "true" => Lexeme::True,
        "false" => Lexeme::False,
        "null" => Lexeme::Null,
        "in" => Lexeme::Sign,
        _ => Lexeme::Identifier,
    };
    Some((kind, length))
}

fn quoted(text: &str) -> Option<(Lexeme, usize)> {
    let inside = text.strip_prefix('`')?;
    let end = inside.find('`')?;
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-/ ".contains(&byte);
    let is_name = end > 0 && inside.bytes().take(end).all(is_allowed);
    is_name.then_some((Lexeme::Quoted, end + 2))
}

fn number(text: &str) -> Option<(Lexeme, usize)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| count(bytes, from, u8::is_ascii_digit);
    let is_unsigned = |at: usize| matches!(bytes.get(at), Some(b'u' | b'U'));
    if text.starts_with("0x") {
        let hex = count(bytes, 2, u8::is_ascii_hexdigit);
        if hex > 0 {
            let end = 2 + hex;
            return Some(if is_unsigned(end) {
                (Lexeme::Uint, end + 1)
            } else {
                (Lexeme::Int, end)
            });
        }
    }
    let whole = digits(0);
    let fraction = match bytes.get(whole) {
        Some(b'.') => digits(whole + 1),
        _ => 0,
    };
    if whole == 0 && fraction == 0 {
        return None;
    }
    let end = if fraction > 0 {
        whole + 1 + fraction
    } else {
        whole
    };
    let exponent = exponent(bytes, end);
    Some(if fraction > 0 || exponent > 0 {
        (Lexeme::Double, end + exponent)
    } else if is_unsigned(end) {
        (Lexeme::Uint, end + 1)
    } else {
        (Lexeme::Int, end)
    })
}

/// The length of the exponent at `at`.
fn exponent(bytes: &[u8], at: usize) -> usize {
    if !matches!(bytes.get(at), Some(b'e' | b'E')) {
        return 0;
    }
    let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
    match count(bytes, at + 1 + sign, u8::is_ascii_digit) {
        0 => 0,
        digits => 1 + sign + digits,
    }
}

fn count(bytes: &[u8], from: usize, test: impl Fn(&u8) -> bool) -> usize {
    bytes
        .iter()
        .skip(from)
        .take_while(|byte| test(byte))
        .count()
}

fn string(text: &str) -> Option<(Lexeme, usize)> {
    let bytes = text.as_bytes();
    let is_bytes = matches!(bytes.first(), Some(b'b' | b'B'));
    let at = usize::from(is_bytes);
    let is_raw = matches!(bytes.get(at), Some(b'r' | b'R'));
    let at = at + usize::from(is_raw);
    let quote = *bytes.get(at).filter(|byte| matches!(byte, b'"' | b'\''))?;
    let length = triple_quoted(bytes, at, quote, is_raw)
        .or_else(|| quoted_once(bytes, at, quote, is_raw))?;
    let kind = if is_bytes {
        Lexeme::Bytes
    } else {
        Lexeme::String
    };
    Some((kind, length))
}

/// The end of the triple-quoted string at `at`.
fn triple_quoted(bytes: &[u8], at: usize, quote: u8, is_raw: bool) -> Option<usize> {
    let quotes = [quote; 3];
    let mut at = at;
    if !bytes.get(at..)?.starts_with(&quotes) {
        return None;
    }
    at += 3;
    loop {
        let rest = bytes.get(at..)?;
        if rest.starts_with(&quotes) {
            return Some(at + 3);
        }
        at += step(rest, is_raw)?;
    }
}

/// The end of the single-line string at `at`.
fn quoted_once(bytes: &[u8], at: usize, quote: u8, is_raw: bool) -> Option<usize> {
    let mut at = at + 1;
    loop {
        let rest = bytes.get(at..)?;
        match rest.first()? {
            b'\n' | b'\r' => return None,
            byte if *byte == quote => return Some(at + 1),
            _ => at += step(rest, is_raw)?,
        }
    }
}

/// The length of the next byte or escape sequence, if it is valid.
fn step(bytes: &[u8], is_raw: bool) -> Option<usize> {
    if is_raw || *bytes.first()? != b'\\' {
        return bytes.first().map(|_| 1);
    }
    let are = |count: usize, test: fn(&u8) -> bool| {
        let digits = bytes.get(2..2 + count)?;
        digits.iter().all(test).then_some(2 + count)
    };
    match bytes.get(1)? {
        b'a' | b'b' | b'f' | b'n' | b'r' | b't' | b'v' | b'"' | b'\'' | b'\\' | b'?' | b'`' => {
            Some(2)
        }
        b'x' | b'X' => are(2, u8::is_ascii_hexdigit),
        b'u' => are(4, u8::is_ascii_hexdigit),
        b'U' => are(8, u8::is_ascii_hexdigit),
        b'0'..=b'3' => are(2, |byte| matches!(byte, b'0'..=b'7')),
        _ => None,
    }
}

/// An invalid token: an unterminated string up to the error, or else one character.
fn unknown(text: &str) -> &str {
    let first = text.chars().next().map_or(0, char::len_utf8);
    let length = if text.starts_with(['"', '\'']) {
        let broken = |(at, c): &(usize, char)| {
            *c == '\n'
                || *c == '\\' && step(text.get(*at..).unwrap_or("").as_bytes(), false).is_none()
        };
        let end = text.char_indices().skip(1).find(broken);
        end.map_or(text.len(), |(at, c)| if c == '\\' { at + 1 } else { at })
    } else {
        first
    };
    text.get(..length.max(first)).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<(Lexeme, &str)> {
        let mut issues = Issues::default();
        let tokens = tokens(text, &mut issues);
        assert!(issues.is_empty(), "{}", issues.display(text));
        tokens
            .iter()
            .map(|token| (token.kind, token.text))
            .collect()
    }

    #[test]
    fn the_longest_word_is_taken() {
        use Lexeme::{Bytes, Double, End, Identifier, Int, Sign, String, Uint};
        let cases = [
            ("1.5e-3", vec![(Double, "1.5e-3")]),
            (".5", vec![(Double, ".5")]),
            ("1.a", vec![(Int, "1"), (Sign, "."), (Identifier, "a")]),
            ("1e", vec![(Int, "1"), (Identifier, "e")]),
            ("0xFu", vec![(Uint, "0xFu")]),
            ("10u", vec![(Uint, "10u")]),
            (
                "a<=b",
                vec![(Identifier, "a"), (Sign, "<="), (Identifier, "b")],
            ),
            (
                "inner in x",
                vec![(Identifier, "inner"), (Sign, "in"), (Identifier, "x")],
            ),
            (r#"r"\d""#, vec![(String, r#"r"\d""#)]),
            (r"'\'' ", vec![(String, r"'\''")]),
            ("\"\"\"a\n\"b\"\"\"", vec![(String, "\"\"\"a\n\"b\"\"\"")]),
            (r"bR'\x'", vec![(Bytes, r"bR'\x'")]),
            ("''", vec![(String, "''")]),
            ("x // y\n+", vec![(Identifier, "x"), (Sign, "+")]),
        ];
        for (text, mut expected) in cases {
            expected.push((End, "<EOF>"));
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_word_is_an_issue() {
        for (text, wrong) in [
            ("a # b", "#"),
            (r"'\d'", r"'\"),
            ("'a\nb", "'a"),
            ("'''", "'"),
        ] {
            let mut issues = Issues::default();
            tokens(text, &mut issues);
            let shown = issues.display(text);
            assert!(shown.contains(&format!("at: '{wrong}'")), "{text}: {shown}");
        }
    }
}
