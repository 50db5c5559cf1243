//! What is found in a document, and where it stands.

use std::cell::OnceCell;
use std::ops::Range;
use std::sync::Arc;

use feast_check::manifest::{Document, DocumentError, Place, Position, Span, Spans};
use serde_json::Value;

use crate::input::Text;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Warning,
    Error,
}

impl Level {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something to say about a document.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    /// What kind of finding it is; `explain` knows it.
    pub(crate) code: String,
    pub(crate) level: Level,
    pub(crate) message: String,
    /// The field that it is about, such as `spec.replicas`; empty if it is about none.
    pub(crate) field: String,
    /// What to point at, and what to say there.
    pub(crate) mark: Option<Mark>,
    /// Other fields that have to do with it.
    pub(crate) related: Vec<Mark>,
    pub(crate) help: Vec<String>,
    /// What mends it, as a JSON Patch of the document.
    pub(crate) fix: Option<Value>,
}

/// A part of a text with something to say about it.
#[derive(Clone, Debug)]
pub(crate) struct Mark {
    pub(crate) span: Span,
    pub(crate) label: String,
}

impl Finding {
    /// A finding about a whole document.
    pub(crate) fn new(code: &str, level: Level, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            level,
            message: message.into(),
            field: String::new(),
            mark: None,
            related: Vec::new(),
            help: Vec::new(),
            fix: None,
        }
    }

    /// The message with the field that it is about.
    pub(crate) fn text(&self) -> String {
        if self.field.is_empty() || self.message.contains(&self.field) {
            return self.message.clone();
        }
        format!("{}: {}", self.field, self.message)
    }

    /// The same about a field.
    pub(crate) fn at(self, field: impl Into<String>, mark: Mark) -> Self {
        Self {
            field: field.into(),
            mark: Some(mark),
            ..self
        }
    }
}

/// A document that was looked at, and what was found.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    pub(crate) file: Arc<str>,
    /// Place among the file's documents, from 1.
    pub(crate) document: usize,
    /// Where it starts, or where a fault is.
    pub(crate) start: Position,
    /// `namespace/name` of the FeatureStore, if it is one.
    pub(crate) feature_store: Option<String>,
    pub(crate) findings: Vec<Finding>,
    /// The document's text, to show parts of, if there is something to show.
    pub(crate) excerpt: Option<Excerpt>,
}

impl Checked {
    /// A document that is no object.
    pub(crate) fn fault(text: &Text, error: &DocumentError) -> Self {
        Self {
            file: text.name.clone(),
            document: error.number,
            start: Position {
                line: error.line,
                column: error.column,
            },
            feature_store: None,
            findings: vec![Finding::new(
                "unreadable-document",
                Level::Error,
                error.fault.to_string(),
            )],
            excerpt: None,
        }
    }

    pub(crate) fn count(&self, level: Level) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.level == level).count()
    }

    /// Where a finding stands: at its mark, or else where the document starts.
    pub(crate) fn position(&self, finding: &Finding) -> Position {
        match &finding.mark {
            Some(mark) => mark.span.start,
            None => self.start,
        }
    }
}

/// The text of one object, such that nothing else shows with it.
#[derive(Clone, Debug)]
pub(crate) struct Excerpt {
    pub(crate) text: String,
    /// The line on which it starts.
    pub(crate) line: usize,
    /// Where it starts in the document, in bytes.
    start: usize,
}

impl Excerpt {
    /// A part of the document as a part of this text, if it is in it.
    pub(crate) fn range(&self, span: &Span) -> Option<Range<usize>> {
        let range =
            span.bytes.start.checked_sub(self.start)?..span.bytes.end.checked_sub(self.start)?;
        self.text.get(range.clone()).map(|_| range)
    }
}

/// Finds places in a document once there is something to say.
pub(crate) struct Locator<'a> {
    text: &'a Text,
    document: &'a Document,
    spans: OnceCell<Spans>,
}

impl<'a> Locator<'a> {
    pub(crate) fn new(text: &'a Text, document: &'a Document) -> Self {
        Self {
            text,
            document,
            spans: OnceCell::new(),
        }
    }

    fn spans(&self) -> &Spans {
        self.spans.get_or_init(|| self.text.spans(self.document))
    }

    /// The place of a field in Kubernetes' spelling.
    pub(crate) fn find(&self, field: &str) -> Place {
        self.spans().find(field)
    }

    /// The place that a JSON pointer leads to.
    pub(crate) fn pointer(&self, pointer: &str) -> Place {
        self.spans().pointer(pointer)
    }

    /// What was found, with where.
    pub(crate) fn checked(&self, namespace: &str, findings: Vec<Finding>) -> Checked {
        let Document { number, line, .. } = *self.document;
        let namespace = self.document.namespace().unwrap_or(namespace);
        let name = self.document.name().unwrap_or("(unnamed)");
        Checked {
            file: self.text.name.clone(),
            document: number,
            start: match self.document.item {
                None => Position { line, column: 1 },
                Some(_) => self.find("").value.start,
            },
            feature_store: Some(format!("{namespace}/{name}")),
            excerpt: findings
                .iter()
                .any(|finding| finding.mark.is_some())
                .then(|| self.excerpt())
                .flatten(),
            findings,
        }
    }

    /// The object's own lines, if it shares none with another object, which may be a Secret.
    fn excerpt(&self) -> Option<Excerpt> {
        let source = self.text.content.get(self.document.source.clone())?;
        let object = self.find("").value;
        let (mut range, mut line) = (object.bytes, object.start.line);
        if self.document.item.is_none() {
            // Comments are part of it.
            range.start = 0;
            line = self.document.line;
        }
        let before = &self.text.content[..self.document.source.start + range.start];
        let lead = before.rsplit('\n').next().unwrap_or("");
        let is_alone = lead
            .chars()
            .all(|c| c.is_whitespace() || c == '-' || c == '\u{feff}');
        let start = range.start.checked_sub(lead.len()).unwrap_or(range.start);
        let text = source.get(start..range.end)?;
        is_alone.then(|| Excerpt {
            text: without_credentials(text),
            line,
            start,
        })
    }
}

/// Hides what stands before the `@` of an address, keeping every position.
fn without_credentials(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(scheme) = rest.find("://") {
        let (before, after) = rest.split_at(scheme + 3);
        shown.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || "/'\"`,;)]}".contains(c));
        let (authority, after) = after.split_at(end.unwrap_or(after.len()));
        match authority.rfind('@') {
            Some(at) => {
                shown.push_str(&"*".repeat(at));
                shown.push_str(&authority[at..]);
            }
            None => shown.push_str(authority),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_addresses_are_hidden() {
        assert_eq!(
            without_credentials("a: https://me:pw@host/x@y\nb: {c: \"git://t@h\"} ssh://h"),
            "a: https://*****@host/x@y\nb: {c: \"git://*@h\"} ssh://h",
        );
    }
}
