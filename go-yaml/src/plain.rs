//! A fast path for typical manifests: from text to JSON in one pass.
//!
//! It handles block mappings and sequences of single-line scalars, quoted or not, and flow
//! collections of words, without tokens or nodes. Everything else is left to the parser, including
//! errors, so there is no error here. The results are those of the parser.

use crate::resolve::{self, Resolved};
use crate::{Version, json};

/// Maximum nesting; deeper documents are left to the parser.
const MAX_DEPTH: usize = 64;

/// Maximum number of fields in a mapping; the parser looks for duplicates among more.
const MAX_FIELDS: usize = 64;

/// Maximum size of a key in bytes, far below go-yaml's.
const MAX_KEY: usize = 256;

/// The JSON text of a document, if the fast path handles it.
pub(crate) fn to_json(text: &str) -> Option<String> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n');
    if !text.bytes().all(is_plain) {
        return None;
    }
    let mut reader = Reader {
        rest: text,
        line: None,
        keys: Vec::new(),
        depth: 0,
        out: String::with_capacity(text.len()),
    };
    reader.advance();
    let is_separator = |line: Line<'_>| line.column == 0 && line.text == "---";
    if reader.line.is_some_and(is_separator) {
        reader.advance();
    }
    reader.collection()?;
    reader.line.is_none().then_some(reader.out)
}

/// The rest of a line that has content.
#[derive(Clone, Copy)]
struct Line<'t> {
    /// The column of its start, which determines its collection.
    column: usize,
    text: &'t str,
}

struct Reader<'t> {
    /// The lines after this one.
    rest: &'t str,
    /// `None` at the end of the text.
    line: Option<Line<'t>>,
    /// The keys so far of all open mappings.
    keys: Vec<&'t str>,
    depth: usize,
    out: String,
}

impl<'t> Reader<'t> {
    /// Moves to the next line that is neither empty nor a comment.
    fn advance(&mut self) {
        self.line = None;
        while self.line.is_none() && !self.rest.is_empty() {
            let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            self.rest = rest;
            let text = line.trim_start_matches(' ');
            let column = line.len() - text.len();
            self.line = (!is_nothing(text)).then_some(Line { column, text });
        }
    }

    /// Moves to the next line, unless it continues a scalar of a collection in this column.
    fn end_scalar(&mut self, column: usize) -> Option<()> {
        self.advance();
        self.line
            .is_none_or(|next| next.column <= column)
            .then_some(())
    }

    /// The block collection that starts on this line.
    fn collection(&mut self) -> Option<()> {
        let line = self.line?;
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        if line.text.starts_with("- ") {
            self.sequence(line.column)?;
        } else {
            self.mapping(line.column)?;
        }
        self.depth -= 1;
        Some(())
    }

    fn sequence(&mut self, column: usize) -> Option<()> {
        self.out.push('[');
        let start = self.out.len();
        while let Some(line) = self.line.filter(|line| line.column >= column) {
            if line.column > column {
                return None;
            }
            let Some(item) = line.text.strip_prefix("- ") else {
                // The next field of a mapping in the same column, or an error.
                break;
            };
            self.separate(start);
            let text = item.trim_start_matches(' ');
            if text.starts_with("- ") || key(text).is_some() {
                self.line = Some(Line {
                    column: column + line.text.len() - text.len(),
                    text,
                });
                self.collection()?;
            } else {
                self.scalar_or_flow(text)?;
                self.end_scalar(column)?;
            }
        }
        self.out.push(']');
        Some(())
    }

    fn mapping(&mut self, column: usize) -> Option<()> {
        self.out.push('{');
        let (start, first) = (self.out.len(), self.keys.len());
        while let Some(line) = self.line.filter(|line| line.column >= column) {
            if line.column > column {
                return None;
            }
            let (name, value) = key(line.text)?;
            self.separate(start);
            self.key(name, first)?;
            self.value(value.trim_start_matches(' '), column)?;
        }
        self.keys.truncate(first);
        self.out.push('}');
        Some(())
    }

    /// The value of a field: on its line, on the next lines, or null.
    fn value(&mut self, text: &'t str, column: usize) -> Option<()> {
        if !is_nothing(text) {
            self.scalar_or_flow(text)?;
            return self.end_scalar(column);
        }
        self.advance();
        let is_below = |next: Line<'_>| {
            next.column > column || next.column == column && next.text.starts_with("- ")
        };
        if self.line.is_some_and(is_below) {
            return self.collection();
        }
        self.out.push_str("null");
        Some(())
    }

    /// Writes a key that is new in a mapping whose keys start at `first`.
    fn key(&mut self, name: &'t str, first: usize) -> Option<()> {
        let known = self.keys.get(first..).unwrap_or_default();
        if known.len() >= MAX_FIELDS || known.contains(&name) {
            return None;
        }
        self.keys.push(name);
        self.out.push('"');
        self.out.push_str(name);
        self.out.push_str("\":");
        Some(())
    }

    /// Writes a comma, unless the collection that started here is empty.
    fn separate(&mut self, start: usize) {
        if self.out.len() > start {
            self.out.push(',');
        }
    }

    /// A scalar or a flow collection that ends with its line.
    fn scalar_or_flow(&mut self, text: &'t str) -> Option<()> {
        let behind = match text.as_bytes().first()? {
            b'"' | b'\'' => self.quoted(text)?,
            b'[' | b'{' => self.flow(text)?,
            _ => return self.plain(until_comment(text)?),
        };
        let is_end = behind.is_empty()
            || behind.starts_with(' ') && is_nothing(behind.trim_start_matches(' '));
        is_end.then_some(())
    }

    /// A quoted string without escapes. Returns the text after it.
    fn quoted(&mut self, text: &'t str) -> Option<&'t str> {
        let (quote, inner) = text.split_at_checked(1)?;
        let (inner, behind) = inner.split_once(quote)?;
        if behind.starts_with(quote) || quote == "\"" && inner.contains('\\') {
            return None;
        }
        json::write_text(&mut self.out, inner);
        Some(behind)
    }

    fn plain(&mut self, text: &str) -> Option<()> {
        let is_start =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'~');
        let is_plain = match text.as_bytes() {
            [b'-' | b'+', next, ..] | [next, ..] => is_start(*next),
            [] => false,
        };
        if !is_plain {
            return None;
        }
        let resolved = resolve::plain(text, Version::V2);
        json::write_scalar(&mut self.out, &resolved, text).then_some(())
    }

    /// A flow collection of words and quoted strings. Returns the text after it.
    fn flow(&mut self, text: &'t str) -> Option<&'t str> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let (open, mut rest) = text.split_at_checked(1)?;
        let is_mapping = open == "{";
        let close = if is_mapping { '}' } else { ']' };
        self.out.push_str(open);
        let (start, first) = (self.out.len(), self.keys.len());
        rest = rest.trim_start_matches(' ');
        while !rest.starts_with(close) {
            if self.out.len() > start {
                rest = rest.strip_prefix(',')?.trim_start_matches(' ');
            }
            self.separate(start);
            if is_mapping {
                let (name, value) = key(rest)?;
                self.key(name, first)?;
                rest = value.trim_start_matches(' ');
            }
            rest = self.flow_item(rest)?.trim_start_matches(' ');
        }
        self.keys.truncate(first);
        self.out.push(close);
        self.depth -= 1;
        rest.strip_prefix(close)
    }

    fn flow_item(&mut self, text: &'t str) -> Option<&'t str> {
        match text.as_bytes().first()? {
            b'"' | b'\'' => self.quoted(text),
            b'[' | b'{' => self.flow(text),
            _ => {
                let (word, rest) = split_word(text);
                self.plain(word)?;
                Some(rest)
            }
        }
    }
}

/// Whether the text is empty, except for a comment.
fn is_nothing(text: &str) -> bool {
    text.is_empty() || text.starts_with('#')
}

/// The word at the start of a text, which needs no quotes in YAML or JSON, and the rest.
fn split_word(text: &str) -> (&str, &str) {
    let is_of_word =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-');
    let end = text.bytes().position(|byte| !is_of_word(&byte));
    text.split_at_checked(end.unwrap_or(text.len()))
        .unwrap_or((text, ""))
}

/// A key that is a word and a string, and the text after its `:`.
fn key(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = split_word(text);
    let value = rest.strip_prefix(':')?;
    let is_key = !name.is_empty()
        && name.len() <= MAX_KEY
        && !name.starts_with('-')
        && (value.is_empty() || value.starts_with(' '))
        && matches!(
            resolve::plain(name, Version::V2),
            Resolved::Text | Resolved::Timestamp(_)
        );
    is_key.then_some((name, value))
}

/// A plain scalar without the comment after it, unless a `:` makes it something else.
fn until_comment(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut end = bytes.len();
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b':' if bytes.get(at + 1).is_none_or(|next| *next == b' ') => return None,
            b'#' if at > 0 && bytes.get(at - 1) == Some(&b' ') => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    Some(text.get(..end)?.trim_end_matches(' '))
}

#[cfg(test)]
mod tests;
