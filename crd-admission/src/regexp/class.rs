//! Character classes and escapes.

use std::fmt::Write as _;

use super::classes::{self, Ranges};
use super::error::{self, SyntaxError};

/// Matches nothing.
const NOTHING: &str = "[a&&b]";

/// The items of a character class, in the engine's syntax.
#[derive(Debug, Default)]
pub(super) struct Class(String);

impl Class {
    /// Surrogates are omitted, because strings cannot contain them.
    pub(super) fn range(&mut self, low: u32, high: u32) {
        for (low, high) in [(low, high.min(0xd7ff)), (low.max(0xe000), high)] {
            if low <= high {
                // Writing to a string cannot fail.
                let _ = write!(self.0, r"\x{{{low:x}}}-\x{{{high:x}}}");
            }
        }
    }

    fn ranges(&mut self, ranges: Ranges, is_negated: bool) {
        self.0.push_str(if is_negated { "[^" } else { "[" });
        for (low, high) in ranges {
            self.range(u32::from(*low), u32::from(*high));
        }
        self.0.push(']');
    }

    pub(super) fn write(&self, out: &mut String, is_negated: bool) {
        match (self.0.is_empty(), is_negated) {
            (true, true) => out.push_str("(?s:.)"),
            (true, false) => out.push_str(NOTHING),
            (false, _) => {
                out.push_str(if is_negated { "[^" } else { "[" });
                out.push_str(&self.0);
                out.push(']');
            }
        }
    }

    /// Reads a named class, if there is one.
    pub(super) fn named<'s>(&mut self, text: &'s str) -> Result<Option<&'s str>, SyntaxError> {
        if let Some((name, rest)) = text
            .strip_prefix("[:")
            .and_then(|text| text.split_once(":]"))
        {
            let Some((ranges, is_negated)) = classes::posix(name) else {
                return Err(SyntaxError::new(error::BAD_RANGE, &format!("[:{name}:]")));
            };
            self.ranges(ranges, is_negated);
            return Ok(Some(rest));
        }
        if text.starts_with(r"\p") || text.starts_with(r"\P") {
            return self.unicode(text).map(Some);
        }
        Ok(self.perl(text))
    }

    /// `\d`
    pub(super) fn perl<'s>(&mut self, text: &'s str) -> Option<&'s str> {
        let mut rest = text.strip_prefix('\\')?.chars();
        let (ranges, is_negated) = classes::perl(rest.next()?)?;
        self.ranges(ranges, is_negated);
        Some(rest.as_str())
    }

    /// `\pL` or `\p{Greek}`
    pub(super) fn unicode<'s>(&mut self, text: &'s str) -> Result<&'s str, SyntaxError> {
        let mut letters = text.chars();
        let mut is_negated = letters.nth(1) == Some('P');
        let body = letters.as_str();
        let (name, rest) = if let Some(body) = body.strip_prefix('{') {
            let found = body.split_once('}');
            found.ok_or_else(|| SyntaxError::new(error::BAD_RANGE, text))?
        } else {
            let end = body.chars().next().map_or(0, char::len_utf8);
            body.split_at(end)
        };
        let bare = name.strip_prefix('^').unwrap_or(name);
        is_negated ^= bare.len() < name.len();
        let Some(class) = classes::unicode(bare) else {
            let length = text.len() - rest.len();
            let part = text.get(..length).unwrap_or_default();
            return Err(SyntaxError::new(error::BAD_RANGE, part));
        };
        self.0.push_str(if is_negated { "[^" } else { "[" });
        self.0.push_str(&class);
        self.0.push(']');
        Ok(rest)
    }
}

/// A character of a class, escaped or not; `None` at the end of the text.
pub(super) fn character(text: &str) -> Option<Result<(u32, &str), SyntaxError>> {
    if text.starts_with('\\') {
        return Some(escape(text));
    }
    let mut rest = text.chars();
    let c = rest.next()?;
    Some(Ok((u32::from(c), rest.as_str())))
}

/// Reads an escaped character.
pub(super) fn escape(text: &str) -> Result<(u32, &str), SyntaxError> {
    let mut rest = text.chars();
    rest.next();
    let Some(c) = rest.next() else {
        return Err(SyntaxError::new(error::TRAILING_BACKSLASH, ""));
    };
    let code = match c {
        '0' => Some(octal(0, &mut rest)),
        '1'..='7' if rest.as_str().starts_with(|c| ('0'..='7').contains(&c)) => {
            Some(octal(u32::from(c) - u32::from('0'), &mut rest))
        }
        'x' => hexadecimal(&mut rest),
        'a' => Some(0x7),
        'f' => Some(0xc),
        'n' => Some(0xa),
        'r' => Some(0xd),
        't' => Some(0x9),
        'v' => Some(0xb),
        c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
        _ => None,
    };
    let rest = rest.as_str();
    code.map(|code| (code, rest)).ok_or_else(|| {
        let length = text.len() - rest.len();
        SyntaxError::new(error::BAD_ESCAPE, text.get(..length).unwrap_or_default())
    })
}

/// Reads up to two more octal digits.
fn octal(first: u32, rest: &mut std::str::Chars<'_>) -> u32 {
    let mut code = first;
    for _ in 0..2 {
        let Some(digit) = rest.clone().next().and_then(|c| c.to_digit(8)) else {
            break;
        };
        rest.next();
        code = code * 8 + digit;
    }
    code
}

/// Reads two digits, or any number of digits in braces.
fn hexadecimal(rest: &mut std::str::Chars<'_>) -> Option<u32> {
    let first = rest.next()?;
    if first != '{' {
        let second = rest.next();
        return Some(first.to_digit(16)? * 16 + second?.to_digit(16)?);
    }
    let mut code = 0;
    let mut has_digits = false;
    loop {
        let c = rest.next()?;
        if c == '}' {
            return has_digits.then_some(code);
        }
        code = code * 16 + c.to_digit(16)?;
        if code > u32::from(char::MAX) {
            return None;
        }
        has_digits = true;
    }
}
