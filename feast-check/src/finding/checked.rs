//! A document that was looked at.

use std::ops::Range;
use std::sync::Arc;

use super::{Excerpt, Finding, Level};
use crate::manifest::{DocumentError, Position};
use crate::text::Text;

/// A document that was looked at, and what was found.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Name of the text that it is in.
    pub file: Arc<str>,
    /// Place among the text's documents, from 1.
    pub document: usize,
    /// Place among the items of a `List`, from 0, if it is one.
    pub item: Option<usize>,
    /// Where it starts, or where a fault is.
    pub start: Position,
    /// Where it stands in the text, in bytes: places of findings count from there. Empty if it is no
    /// object.
    pub source: Range<usize>,
    /// `namespace/name` of the FeatureStore, if it is one.
    pub feature_store: Option<String>,
    /// Kind and `namespace/name` of an object of another kind that was judged, such as
    /// `ScaledObject ml/shop`.
    pub object: Option<String>,
    /// What was found.
    pub findings: Vec<Finding>,
    /// The document's text, to show parts of, if there is something to show.
    pub excerpt: Option<Excerpt>,
}

impl Checked {
    /// A document that is no object.
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

    /// What the document is, if that is known.
    pub fn name(&self) -> Option<&str> {
        self.feature_store.as_deref().or(self.object.as_deref())
    }

    /// How many findings of a level there are.
    pub fn count(&self, level: Level) -> usize {
        let findings = self.findings.iter();
        findings.filter(|finding| finding.level == level).count()
    }

    /// Where a finding stands: at its mark, or else where the document starts.
    pub fn position(&self, finding: &Finding) -> Position {
        match &finding.mark {
            Some(mark) => mark.span.start,
            None => self.start,
        }
    }
}
