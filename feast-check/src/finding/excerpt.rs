//! The text that is shown with a finding.

use std::fmt;
use std::ops::Range;

use crate::credentials::without_credentials;
use crate::manifest::{Document, Place, Span};
use crate::text::Text;

/// The text of one object, such that nothing else shows with it: the next one may be a Secret.
#[derive(Clone)]
pub struct Excerpt {
    text: String,
    line: usize,
    /// Where it starts in the document, in bytes.
    start: usize,
}

impl Excerpt {
    /// The object's own lines, if it shares none with another object. `object` is its place.
    pub(super) fn of(text: &Text, document: &Document, object: &Place) -> Option<Self> {
        let source = text.content().get(document.source.clone())?;
        let (mut range, mut line) = (object.value.bytes.clone(), object.value.start.line);
        if document.item.is_none() {
            // Comments are part of it.
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

    /// The text, without the credentials of addresses in it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The line on which it starts, from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// A part of the document as a part of this text, if it is in it.
    pub fn range(&self, span: &Span) -> Option<Range<usize>> {
        let range =
            span.bytes.start.checked_sub(self.start)?..span.bytes.end.checked_sub(self.start)?;
        self.text.get(range.clone()).map(|_| range)
    }
}

/// Shows where it is, not what it holds.
impl fmt::Debug for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Excerpt")
            .field("line", &self.line)
            .finish_non_exhaustive()
    }
}
