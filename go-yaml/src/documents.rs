//! Splits a file into documents, as kubectl does.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use serde_json::Value;
use serde_json::value::RawValue;

use crate::{Duplicates, Error, Position, to_json_with};

/// The number of documents and lines before a text.
///
/// Exhaustive, so that it can be written as a literal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Number of documents.
    pub documents: usize,
    /// Number of lines.
    pub lines: usize,
}

impl Origin {
    /// The origin of the text after this one.
    ///
    /// ```
    /// let origin = go_yaml::Origin::default().after("a: 1\n---\nb: 2\n");
    /// assert_eq!((origin.documents, origin.lines), (2, 3));
    /// ```
    #[must_use]
    pub fn after(self, text: &str) -> Self {
        Self {
            documents: self.documents + split(text).iter().filter(|part| part.counts).count(),
            lines: self.lines + lines(text),
        }
    }
}

/// A document of a file that is not empty.
#[derive(Clone)]
#[non_exhaustive]
pub struct Document {
    /// Position among the file's documents, from 1, including empty ones.
    pub number: usize,
    /// Line of its start, from 1.
    pub line: usize,
    /// Position in the text, in bytes.
    pub source: Range<usize>,
    /// Its JSON text; unchanged if it is JSON.
    pub json: Result<String, DocumentError>,
    /// The value, if it had to be parsed.
    pub value: Option<Value>,
}

/// Shows which document it is, but not its content: it may be a Secret.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("number", &self.number)
            .field("line", &self.line)
            .field("source", &self.source)
            .field("error", &self.json.as_ref().err())
            .finish_non_exhaustive()
    }
}

/// Why a document cannot be read, with the position in the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {fault}", .position.line)]
#[non_exhaustive]
pub struct DocumentError {
    /// The position, from the start of the file.
    pub position: Position,
    /// The error.
    pub fault: DocumentFault,
}

/// Why a document cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentFault {
    /// It is not valid YAML.
    #[error("not YAML: {}", .0.fault())]
    Yaml(Error),
    /// It starts as JSON, but is not valid JSON.
    #[error("not JSON: {0}")]
    Json(String),
    /// There is something other than a comment after `---`.
    #[error("invalid YAML document separator: nothing but a comment may follow `---` on its line")]
    Separator,
}

/// The documents of a file, without empty ones.
///
/// A file that starts with `{` is JSON, with one value after another. Anything else is YAML, where
/// a line that starts with `---` always starts a document, even inside a scalar. So an invalid
/// document does not affect the others.
///
/// ```
/// use go_yaml::Duplicates;
///
/// let documents = go_yaml::documents("a: 1\n---\nb: [\n---\nc: 3\n", Duplicates::LastWins);
/// assert_eq!(documents[0].json.as_deref(), Ok(r#"{"a":1}"#));
/// let error = documents[1].json.as_ref().unwrap_err();
/// assert_eq!(error.to_string(), "line 3: not YAML: did not find expected node content");
/// assert_eq!(documents[2].line, 5);
/// ```
pub fn documents(text: &str, duplicates: Duplicates) -> Vec<Document> {
    documents_from(Origin::default(), text, duplicates)
}

/// The documents of a text that continues a file.
///
/// For files too large to keep in memory: [`last_document`] finds where to split one.
///
/// ```
/// use go_yaml::{Duplicates, Origin};
///
/// let origin = Origin::default().after("a: 1\n");
/// let documents = go_yaml::documents_from(origin, "---\nb: 2\n", Duplicates::LastWins);
/// assert_eq!((documents[0].number, documents[0].line), (2, 3));
/// ```
pub fn documents_from(origin: Origin, text: &str, duplicates: Duplicates) -> Vec<Document> {
    if text.trim_start().starts_with('{') {
        json_documents(origin, text, duplicates)
    } else {
        yaml_documents(origin, text, 0, duplicates)
    }
}

/// The start of the last document of a YAML text, with its separator; 0 if there is only one.
///
/// The text before it can be parsed on its own. The text may end within a character.
///
/// ```
/// assert_eq!(go_yaml::last_document(b"a: 1\n---\nb: 2\n"), 5);
/// ```
pub fn last_document(text: &[u8]) -> usize {
    let mut end = text.len();
    while let Some(newline) = text[..end].iter().rposition(|byte| *byte == b'\n') {
        if text[newline + 1..].starts_with(b"---") {
            return newline + 1;
        }
        end = newline;
    }
    0
}

fn lines(text: &str) -> usize {
    text.bytes().filter(|byte| *byte == b'\n').count()
}

/// A sequence of JSON values. If there is at most one, YAML may follow.
fn json_documents(origin: Origin, text: &str, duplicates: Duplicates) -> Vec<Document> {
    let mut documents = Vec::new();
    let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Box<RawValue>>();
    let (mut end, mut line, mut read) = (0, origin.lines + 1, 0);
    while let Some(raw) = stream.next() {
        let rest = text.get(end..).unwrap_or("");
        let start = end + (rest.len() - rest.trim_start().len());
        let start_line = line + lines(text.get(end..start).unwrap_or(""));
        let (json, value) = match raw {
            Err(error) => {
                let line = origin.lines + error.line().max(1);
                (Err(not_json(&error, line, error.column())), None)
            }
            // The raw text may have numbers and escapes that no value can represent.
            Ok(raw) => match serde_json::from_str(raw.get()) {
                Err(error) => (Err(not_json(&error, start_line, 1)), None),
                Ok(value) => (Ok(raw.get().to_owned()), Some(value)),
            },
        };
        if json.is_err()
            && read < 2
            && let Some(yaml) = yaml_start(text, end)
        {
            let before = Origin {
                documents: origin.documents + read,
                lines: origin.lines + lines(text.get(..yaml).unwrap_or("")),
            };
            let yaml = yaml_documents(before, text, yaml, duplicates);
            if read == 0 || yaml.iter().all(|document| document.json.is_ok()) {
                documents.extend(yaml);
                return documents;
            }
        }
        end = stream.byte_offset().max(start);
        read += 1;
        if json.as_deref() != Ok("null") {
            documents.push(Document {
                number: origin.documents + read,
                line: start_line,
                source: start..end,
                json,
                value,
            });
        }
        line = start_line + lines(text.get(start..end).unwrap_or(""));
    }
    documents
}

/// The start of YAML after a JSON value: the next line, if the rest of this line is empty. kubectl
/// requires four bytes of it.
fn yaml_start(text: &str, json: usize) -> Option<usize> {
    let rest = text.get(json..)?;
    let at = rest.find(|c: char| c == '\n' || !c.is_whitespace())?;
    let is_next_line = rest.get(at..)?.starts_with('\n');
    (rest.len() - at >= 4).then_some(json + at + usize::from(is_next_line))
}

/// A JSON error, whose message does not repeat its position.
fn not_json(error: &serde_json::Error, line: usize, column: usize) -> DocumentError {
    let text = error.to_string();
    let message = text.rfind(" at line ").and_then(|end| text.get(..end));
    DocumentError {
        position: Position {
            line,
            column: column.max(1),
        },
        fault: DocumentFault::Json(message.unwrap_or(&text).to_owned()),
    }
}

/// The YAML documents after the first bytes of a text.
fn yaml_documents(
    before: Origin,
    text: &str,
    start: usize,
    duplicates: Duplicates,
) -> Vec<Document> {
    let mut documents = Vec::new();
    let mut number = before.documents;
    for part in split(text.get(start..).unwrap_or("")) {
        let json = part.to_json(before.lines, duplicates);
        let is_nothing = json.as_deref() == Ok("null");
        number += usize::from(part.counts || !is_nothing);
        if !is_nothing {
            documents.push(Document {
                number,
                line: before.lines + part.line,
                source: start + part.start..start + part.start + part.text.len(),
                json,
                value: None,
            });
        }
    }
    documents
}

/// The text of a document.
struct Part<'t> {
    /// Line of its start, from 1.
    line: usize,
    /// The number of bytes before it.
    start: usize,
    text: &'t str,
    /// The text that kubectl parses, sometimes with the separator before it.
    read: &'t str,
    /// Whether there is something after its `---`.
    has_invalid_separator: bool,
    /// Whether it counts as a document even if it is empty.
    counts: bool,
}

impl Part<'_> {
    fn to_json(&self, lines: usize, duplicates: Duplicates) -> Result<String, DocumentError> {
        let start = Position {
            line: lines + self.line,
            column: 1,
        };
        if self.has_invalid_separator {
            return Err(DocumentError {
                position: start,
                fault: DocumentFault::Separator,
            });
        }
        let has_separator = self.read.len() > self.text.len();
        let before = lines + self.line - 1 - usize::from(has_separator);
        // kubectl terminates the last line, which matters for a block scalar.
        let yaml = if self.read.ends_with('\n') {
            Cow::Borrowed(self.read)
        } else {
            Cow::Owned(format!("{}\n", self.read))
        };
        to_json_with(&yaml, duplicates).map_err(|error| {
            let error = error.below(before);
            DocumentError {
                position: error.position().unwrap_or(start),
                fault: DocumentFault::Yaml(error),
            }
        })
    }
}

/// The texts between lines that start with `---`.
fn split(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut add = |from: usize, start: usize, end: usize, line: usize, is_valid: bool| {
        let part = text.get(start..end).unwrap_or("");
        parts.push(Part {
            line,
            start,
            text: part,
            read: text.get(from..end).unwrap_or(""),
            has_invalid_separator: !is_valid,
            // The text before the first separator counts as a document only if it has content.
            counts: from > 0 || start > 0 || has_content(part),
        });
    };
    let (mut from, mut start, mut start_line, mut is_valid) = (0, 0, 1, true);
    let mut offset = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let next = offset + line.len();
        if let Some(rest) = line.strip_prefix("---") {
            // A separator at the start is parsed, too.
            let is_read = from == offset;
            if !is_read {
                add(from, start, offset, start_line, is_valid);
            }
            let rest = rest.trim();
            is_valid = rest.is_empty() || rest.starts_with('#');
            from = if is_read || !is_valid { offset } else { next };
            (start, start_line) = if is_valid {
                (next, index + 2)
            } else {
                (offset, index + 1)
            };
        }
        offset = next;
    }
    add(from, start, text.len(), start_line, is_valid);
    parts
}

/// Whether a text has more than spaces and comments.
fn has_content(text: &str) -> bool {
    let mut lines = text.lines().map(|line| line.trim_matches([' ', '\r']));
    lines.any(|line| !line.is_empty() && !line.starts_with('#'))
}
