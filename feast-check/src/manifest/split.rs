//! From a text to the texts of its documents.

use std::ops::Range;

use serde_json::Value;
use serde_json::value::RawValue;

use super::{Position, plain, transcode};

/// How much went before a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Number of documents.
    pub documents: usize,
    /// Number of lines.
    pub lines: usize,
}

impl Origin {
    /// What has gone before the text that follows this one.
    #[must_use]
    pub fn after(self, text: &str) -> Self {
        Self {
            documents: self.documents + split(without_mark(text)).len(),
            lines: self.lines + lines(text),
        }
    }
}

/// Where the last document of a YAML text starts, with its separator; 0 if there is one only.
///
/// What stands before can be read without what follows. The text may end within a character.
pub fn last_document(text: &[u8]) -> usize {
    let mut end = text.len();
    while let Some(newline) = text[..end].iter().rposition(|byte| *byte == b'\n') {
        let line = &text[newline + 1..];
        if line.starts_with(b"---") && line.get(3).is_some_and(u8::is_ascii_whitespace) {
            return newline + 1;
        }
        end = newline;
    }
    0
}

/// A document that is still to be looked at.
pub(super) struct Chunk {
    pub(super) number: usize,
    pub(super) line: usize,
    /// In bytes of the text.
    pub(super) source: Range<usize>,
    /// The value; or place and message of the fault.
    pub(super) content: Result<Content, (Position, String)>,
}

/// A value as JSON text.
pub(super) struct Content {
    pub(super) json: String,
    /// The value, if it had to be made.
    pub(super) value: Option<Value>,
}

/// The documents of a text that comes after another.
pub(super) fn chunks(origin: Origin, text: &str) -> Vec<Chunk> {
    let content = without_mark(text);
    let mut chunks = if content.trim_start().starts_with('{') {
        json_chunks(content).unwrap_or_else(|| yaml_chunks(content))
    } else {
        yaml_chunks(content)
    };
    let mark = text.len() - content.len();
    for chunk in &mut chunks {
        chunk.number += origin.documents;
        chunk.line += origin.lines;
        chunk.source = chunk.source.start + mark..chunk.source.end + mark;
        if let Err((at, _)) = &mut chunk.content {
            at.line += origin.lines;
        }
    }
    chunks
}

/// The text without a byte order mark.
fn without_mark(text: &str) -> &str {
    text.strip_prefix('\u{feff}').unwrap_or(text)
}

/// The JSON texts that follow each other, or `None` if the first is not JSON.
fn json_chunks(text: &str) -> Option<Vec<Chunk>> {
    let mut chunks = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Box<RawValue>>();
    let (mut end, mut line) = (0, 1);
    while let Some(raw) = stream.next() {
        let rest = text.get(end..).unwrap_or("");
        let start = end + (rest.len() - rest.trim_start().len());
        line += lines(text.get(end..start).unwrap_or(""));
        end = stream.byte_offset().max(start);
        let content = match raw {
            // What is raw may still have numbers and escapes that no value has.
            Ok(raw) => serde_json::from_str(raw.get())
                .map(|value| Content {
                    json: raw.get().to_owned(),
                    value: Some(value),
                })
                .map_err(|error| (Position { line, column: 1 }, error)),
            Err(error) => {
                let (line, column) = (error.line().max(1), error.column().max(1));
                Err((Position { line, column }, error))
            }
        };
        if chunks.is_empty() && content.is_err() {
            return None;
        }
        chunks.push(Chunk {
            number: chunks.len() + 1,
            line,
            source: start..end,
            content: content.map_err(|(at, error)| (at, format!("not JSON: {}", plain(&error)))),
        });
        line += lines(text.get(start..end).unwrap_or(""));
    }
    Some(chunks)
}

/// A JSON error without its position, which is given apart.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// The YAML documents. A line that starts with `---` always starts one, even inside a scalar, so
/// they can be told apart before they are parsed.
fn yaml_chunks(text: &str) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    for (index, (line, source)) in split(text).into_iter().enumerate() {
        let yaml = text.get(source.clone()).unwrap_or("");
        let content = match plain::to_json(yaml).map_or_else(|| transcode::to_json(yaml), Ok) {
            Ok(json) if json == "null" => continue,
            Ok(json) => Ok(Content { json, value: None }),
            Err(error) => {
                let message = format!("not YAML: {}", first_line(&error));
                Err((place(&error, line), message))
            }
        };
        chunks.push(Chunk {
            number: index + 1,
            line,
            source,
            content,
        });
    }
    chunks
}

/// The place of a fault in a document that starts on this line.
fn place(error: &serde_saphyr::Error, start: usize) -> Position {
    let number = |number: u64| usize::try_from(number).unwrap_or(1).max(1);
    let (line, column) = error
        .location()
        .map_or((1, 1), |at| (number(at.line()), number(at.column())));
    Position {
        line: start + line - 1,
        column,
    }
}

/// The texts between `---` lines, each with the line on which it starts.
fn split(text: &str) -> Vec<(usize, Range<usize>)> {
    let mut documents = Vec::new();
    let (mut start, mut start_line, mut offset) = (0, 1, 0);
    for (index, line) in text.split_inclusive('\n').enumerate() {
        if is_separator(line) {
            // What precedes the first separator is a document only if it says something.
            if start > 0 || has_content(text.get(start..offset).unwrap_or("")) {
                documents.push((start_line, start..offset));
            }
            // `--- {a: 1}` starts its document on the line of the separator.
            let rest = line.get(3..).unwrap_or("");
            if has_content(rest) {
                (start, start_line) = (offset, index + 1);
            } else {
                (start, start_line) = (offset + line.len(), index + 2);
            }
        }
        offset += line.len();
    }
    documents.push((start_line, start..text.len()));
    documents
}

fn is_separator(line: &str) -> bool {
    line.strip_prefix("---")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(|c: char| c.is_ascii_whitespace()))
}

/// Whether a text has more than blanks, comments and directives.
fn has_content(text: &str) -> bool {
    text.lines()
        .any(|line| !line.trim().is_empty() && !line.trim_start().starts_with(['#', '%']))
}

/// The message alone; the position is given apart.
fn first_line(error: &serde_saphyr::Error) -> String {
    let text = error.without_snippet().to_string();
    let text = text.lines().next().unwrap_or("").to_owned();
    match text.rfind(" at line ") {
        Some(end) => text.get(..end).unwrap_or(&text).to_owned(),
        None => text,
    }
}
