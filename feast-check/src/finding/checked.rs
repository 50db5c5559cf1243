//! A checked document.

use std::ops::Range;
use std::sync::Arc;

use super::{Excerpt, Finding, Level};
use crate::manifest::{DocumentError, Position};
use crate::text::Text;

/// A checked document with its findings.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Name of its text.
    pub file: Arc<str>,
    /// Position among the text's documents, from 1.
    pub document: usize,
    /// Position among the items of a `List`, from 0, if it is one.
    pub item: Option<usize>,
    /// Where it starts, or where an error is.
    pub start: Position,
    /// Its byte range in the text: positions of findings are relative to it. Empty if it is not an
    /// object.
    pub source: Range<usize>,
    /// `namespace/name` of the FeatureStore, if it is one.
    pub feature_store: Option<String>,
    /// Kind and `namespace/name` of a validated object of another kind, such as
    /// `ScaledObject ml/shop`.
    pub object: Option<String>,
    /// The findings.
    pub findings: Vec<Finding>,
    /// The document's text, to show excerpts of, if there are findings.
    pub excerpt: Option<Excerpt>,
}

impl Checked {
    /// A document that is not an object.
    pub fn fault(text: &Text, error: &DocumentError) -> Self {
        let finding = Finding::new("unreadable-document", Level::Error, error.fault.to_string());
        Self {
            file: text.name().clone(),
            document: error.number,
            item: None,
            start: Position {
                line: error.line,
                column: error.column,
            },
            source: 0..0,
            feature_store: None,
            object: None,
            findings: vec![match text.hint(error) {
                Some(hint) => finding.help(hint),
                None => finding,
            }],
            excerpt: None,
        }
    }

    /// The document's identity, if known.
    pub fn name(&self) -> Option<&str> {
        self.feature_store.as_deref().or(self.object.as_deref())
    }

    /// The number of findings of a level.
    pub fn count(&self, level: Level) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.level == level).count()
    }

    /// The position of a finding: its mark, or else the start of the document.
    pub fn position(&self, finding: &Finding) -> Position {
        match &finding.mark {
            Some(mark) => mark.span.start,
            None => self.start,
        }
    }
}
