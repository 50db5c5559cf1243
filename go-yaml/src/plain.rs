//! A fast path for typical manifests: from text to JSON, or to nodes, in one pass.
//!
//! It handles block mappings and sequences of single-line scalars, quoted or not, and flow
//! collections of words, without tokens. Everything else is left to the parser, including errors, so
//! there is no error here. The results are those of the parser.

mod nodes;
mod written;

use self::nodes::Nodes;
use self::written::Json;
use crate::Version;
use crate::position::Mark;
use crate::resolve::{self, Resolved};
use crate::tree::Tree;

/// Maximum nesting; deeper documents are left to the parser.
const MAX_DEPTH: usize = 64;

/// Maximum number of fields in a mapping; the parser looks for duplicates among more.
const MAX_FIELDS: usize = 64;

/// Maximum size of a key in bytes, far below go-yaml's.
const MAX_KEY: usize = 256;

/// The JSON text of a document, if the fast path handles it.
pub(crate) fn to_json(text: &str) -> Option<String> {
    read(text, Json::for_text(text)).map(Json::into_text)
}

/// The nodes of a document, if the fast path handles it.
pub(crate) fn to_tree(text: &str) -> Option<Tree<'_>> {
    read(text, Nodes::default()).map(Nodes::into_tree)
}

/// What a document becomes. Positions are those of the first character.
trait Output<'t> {
    /// Starts a collection.
    fn open(&mut self, is_mapping: bool, start: Mark);

    /// Ends it: after its bracket, or with its last child.
    fn close(&mut self, is_mapping: bool, end: Option<Mark>);

    fn key(&mut self, name: &'t str, start: Mark);

    /// A scalar without quotes, if it can be handled.
    fn plain(&mut self, text: &'t str, start: Mark) -> Option<()>;

    /// A scalar without its quotes. It has no escapes.
    fn quoted(&mut self, text: &'t str, start: Mark);

    /// A missing value.
    fn nothing(&mut self, at: Mark);
}

fn read<'t, O: Output<'t>>(text: &'t str, out: O) -> Option<O> {
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~' | b'\n');
    if !text.bytes().all(is_plain) {
        return None;
    }
    let mut reader = Reader {
        length: text.len(),
        rest: text,
        lines: 0,
        line: None,
        start: 0,
        end: 0,
        keys: Vec::new(),
        depth: 0,
        out,
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

struct Reader<'t, O> {
    /// The size of the whole text in bytes.
    length: usize,
    /// The lines after this one.
    rest: &'t str,
    /// The number of lines up to this one.
    lines: usize,
    /// `None` at the end of the text.
    line: Option<Line<'t>>,
    /// The bytes before this line, and those before its end.
    start: usize,
    end: usize,
    /// The keys so far of all open mappings.
    keys: Vec<&'t str>,
    depth: usize,
    out: O,
}

impl<'t, O: Output<'t>> Reader<'t, O> {
    /// Moves to the next line that is neither empty nor a comment.
    fn advance(&mut self) {
        self.line = None;
        while self.line.is_none() && !self.rest.is_empty() {
            let (line, rest) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
            self.start = self.length - self.rest.len();
            self.end = self.start + line.len();
            self.lines += 1;
            self.rest = rest;
            let text = line.trim_start_matches(' ');
            let column = line.len() - text.len();
            self.line = (!is_nothing(text)).then_some(Line { column, text });
        }
    }

    /// The position of the rest of the line, from `rest` on. All texts here are ASCII.
    fn mark(&self, rest: &str) -> Mark {
        let byte = self.end - rest.len();
        Mark {
            byte,
            line: self.lines - 1,
            column: byte - self.start,
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
        let is_mapping = !line.text.starts_with("- ");
        self.out.open(is_mapping, self.mark(line.text));
        if is_mapping {
            self.mapping(line.column)?;
        } else {
            self.sequence(line.column)?;
        }
        self.out.close(is_mapping, None);
        self.depth -= 1;
        Some(())
    }

    fn sequence(&mut self, column: usize) -> Option<()> {
        while let Some(line) = self.line.filter(|line| line.column >= column) {
            if line.column > column {
                return None;
            }
            let Some(item) = line.text.strip_prefix("- ") else {
                // The next field of a mapping in the same column, or an error.
                break;
            };
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
        Some(())
    }

    fn mapping(&mut self, column: usize) -> Option<()> {
        let first = self.keys.len();
        while let Some(line) = self.line.filter(|line| line.column >= column) {
            if line.column > column {
                return None;
            }
            let value = self.key(line.text, first)?;
            self.value(value, column)?;
        }
        self.keys.truncate(first);
        Some(())
    }

    /// The value of a field: on its line, on the next lines, or null.
    fn value(&mut self, behind: &'t str, column: usize) -> Option<()> {
        let text = behind.trim_start_matches(' ');
        if !is_nothing(text) {
            self.scalar_or_flow(text)?;
            return self.end_scalar(column);
        }
        let after_key = self.mark(behind);
        self.advance();
        let is_below = |next: Line<'_>| {
            next.column > column || next.column == column && next.text.starts_with("- ")
        };
        if self.line.is_some_and(is_below) {
            return self.collection();
        }
        self.out.nothing(after_key);
        Some(())
    }

    /// A key that is new in a mapping whose keys start at `first`. Returns the text after its `:`.
    fn key(&mut self, text: &'t str, first: usize) -> Option<&'t str> {
        let (name, behind) = key(text)?;
        let known = self.keys.get(first..).unwrap_or_default();
        if known.len() >= MAX_FIELDS || known.contains(&name) {
            return None;
        }
        self.keys.push(name);
        self.out.key(name, self.mark(text));
        Some(behind)
    }

    /// A scalar or a flow collection that ends with its line.
    fn scalar_or_flow(&mut self, text: &'t str) -> Option<()> {
        let behind = match text.as_bytes().first()? {
            b'"' | b'\'' => self.quoted(text)?,
            b'[' | b'{' => self.flow(text)?,
            _ => return self.plain(until_comment(text)?, self.mark(text)),
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
        self.out.quoted(inner, self.mark(text));
        Some(behind)
    }

    fn plain(&mut self, text: &'t str, start: Mark) -> Option<()> {
        let is_start =
            |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'~');
        let is_plain = match text.as_bytes() {
            [b'-' | b'+', next, ..] | [next, ..] => is_start(*next),
            [] => false,
        };
        is_plain.then(|| self.out.plain(text, start))?
    }

    /// A flow collection of words and quoted strings. Returns the text after it.
    fn flow(&mut self, text: &'t str) -> Option<&'t str> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let (open, rest) = text.split_at_checked(1)?;
        let is_mapping = open == "{";
        let close = if is_mapping { '}' } else { ']' };
        self.out.open(is_mapping, self.mark(text));
        let first = self.keys.len();
        let mut is_empty = true;
        let mut rest = rest.trim_start_matches(' ');
        while !rest.starts_with(close) {
            if !is_empty {
                rest = rest.strip_prefix(',')?.trim_start_matches(' ');
            }
            is_empty = false;
            if is_mapping {
                rest = self.key(rest, first)?.trim_start_matches(' ');
            }
            rest = self.flow_item(rest)?.trim_start_matches(' ');
        }
        self.keys.truncate(first);
        self.depth -= 1;
        let behind = rest.strip_prefix(close)?;
        self.out.close(is_mapping, Some(self.mark(behind)));
        Some(behind)
    }

    fn flow_item(&mut self, text: &'t str) -> Option<&'t str> {
        match text.as_bytes().first()? {
            b'"' | b'\'' => self.quoted(text),
            b'[' | b'{' => self.flow(text),
            _ => {
                let (word, rest) = split_word(text);
                self.plain(word, self.mark(text))?;
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
