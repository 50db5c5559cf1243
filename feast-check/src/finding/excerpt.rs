//! Source lines to show with a finding.

use std::fmt;
use std::ops::Range;

use super::Mark;
use crate::credentials::without_credentials;
use crate::manifest::{Document, Place, Span};
use crate::text::Text;

/// The source text of one object and nothing else: the next one may be a Secret.
#[derive(Clone)]
pub struct Excerpt {
    text: String,
    line: usize,
    /// Its start in the document, in bytes.
    start: usize,
}

impl Excerpt {
    /// The object's own lines, unless it shares one with another object. `object` is its byte
    /// range.
    pub(super) fn of(text: &Text, document: &Document, object: &Place) -> Option<Self> {
        let source = text.content().get(document.source.clone())?;
        let (mut range, mut line) = (object.value.bytes.clone(), object.value.start.line);
        if document.item.is_none() {
            // Include leading comments.
            range.start = 0;
            line = document.line;
        }
        let before = text.content().get(..document.source.start + range.start)?;
        let lead = before.rsplit('\n').next().unwrap_or("");
        let is_alone = lead
            .chars()
            .all(|c| c.is_whitespace() || c == '-' || c == '\u{feff}');
        let start = range.start.checked_sub(lead.len()).unwrap_or(range.start);
        let text = source.get(start..range.end)?;
        is_alone.then(|| Self {
            text: without_credentials(text),
            line,
            start,
        })
    }

    /// The text, with credentials in URLs hidden.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its first line, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Converts a range of the document to a range of this text.
    pub fn range(&self, span: &Span) -> Option<Range<usize>> {
        let range =
            span.bytes.start.checked_sub(self.start)?..span.bytes.end.checked_sub(self.start)?;
        self.text.get(range.clone()).map(|_| range)
    }
}

/// Whole lines of an excerpt.
pub(crate) struct Lines<'a> {
    pub(crate) text: &'a str,
    /// The number of the first line.
    pub(crate) number: usize,
    /// Their start in the excerpt, in bytes.
    start: usize,
}

impl Excerpt {
    /// The lines from the first of some marks to the last. The cost does not depend on the length
    /// of the document.
    pub(crate) fn lines<'m>(&self, marks: impl Iterator<Item = &'m Mark>) -> Option<Lines<'_>> {
        let ranges = marks.filter_map(|mark| Some((self.range(&mark.span)?, mark)));
        let ranges: Vec<_> = ranges.collect();
        let (first, mark) = ranges.iter().min_by_key(|(range, _)| range.start)?;
        let last = ranges.iter().map(|(range, _)| range.end).max()?;
        let start = self.text.get(..first.start)?.rfind('\n');
        let start = start.map_or(0, |newline| newline + 1);
        let end = self.text.get(last..)?.find('\n');
        let end = end.map_or(self.text.len(), |newline| last + newline);
        Some(Lines {
            text: self.text.get(start..end)?,
            number: mark.span.start.line,
            start,
        })
    }
}

impl Lines<'_> {
    /// Converts a range of the excerpt to a range of these lines.
    pub(crate) fn range(&self, range: Range<usize>) -> Range<usize> {
        range.start - self.start..range.end - self.start
    }
}

/// Shows the position, not the text.
impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Excerpt")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
