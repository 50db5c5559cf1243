//! Texts to check.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::manifest::{self, Document, DocumentError, Fault, Origin, Spans};

/// A text of whole documents, such as a file.
///
/// ```
/// use feast_check::Text;
///
/// let text = Text::new("shop.yaml", "kind: A\n---\nkind: B\n");
/// assert_eq!(text.documents().len(), 2);
/// ```
pub struct Text {
    name: Arc<str>,
    /// The preceding part of the source.
    origin: Origin,
    content: String,
    is_found: bool,
    /// The positions of the last requested document.
    spans: Mutex<Option<(usize, Spans)>>,
    /// The lines that separate documents, from 0, and where they start. Found on first use: only errors
    /// ask.
    separators: OnceLock<Vec<(usize, usize)>>,
}

impl Text {
    /// A text with the name of its source, for messages.
    pub fn new(name: impl Into<Arc<str>>, content: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            origin: Origin::default(),
            content: content.into(),
            is_found: false,
            spans: Mutex::default(),
            separators: OnceLock::new(),
        }
    }

    /// A part of a source that follows other parts.
    #[must_use]
    pub fn after(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// A text found in a folder rather than named by the user.
    ///
    /// A folder has many files that are not manifests: settings, values, templates. In such a text
    /// only manifests are checked; other documents are skipped.
    #[must_use]
    pub fn found(self, is_found: bool) -> Self {
        Self { is_found, ..self }
    }

    /// Name of the source.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The preceding part of the source.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The text itself.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The objects and errors, without skipped documents.
    pub fn documents(&self) -> Vec<Result<Document, DocumentError>> {
        let parts = self.parts().into_iter();
        let documents = parts.filter_map(|part| match part {
            Part::Document(document) => Some(document),
            Part::PassedBy { .. } => None,
        });
        documents.collect()
    }

    /// The objects and errors, including skipped documents.
    pub(crate) fn parts(&self) -> Vec<Part> {
        let all = manifest::read_from(self.origin, &self.content).into_iter();
        let part = |document: Result<Document, DocumentError>| {
            let (line, why) = match &document {
                Ok(document) => (document.line, self.passed_by(document)),
                Err(error) => (error.line, self.passed_by_fault(error)),
            };
            match why {
                Some(why) => Part::PassedBy { line, why },
                None => Part::Document(document),
            }
        };
        all.map(part).collect()
    }

    /// Why a document of a found text is skipped, if it is.
    fn passed_by(&self, document: &Document) -> Option<PassedBy> {
        let is_template = || {
            let source = self.content.get(document.source.clone());
            source.is_some_and(is_template)
        };
        if !self.is_found {
            None
        } else if document.api_version().is_none() || document.kind().is_none() {
            Some(PassedBy::NoManifest)
        } else if document.is_feature_store() && is_template() {
            Some(PassedBy::Template)
        } else {
            None
        }
    }

    /// Why an unreadable document is skipped, if it is.
    fn passed_by_fault(&self, error: &DocumentError) -> Option<PassedBy> {
        if !self.is_found {
            return None;
        }
        let text = self.document_text(error);
        if is_template(text) {
            Some(PassedBy::Template)
        } else if matches!(error.fault, Fault::NotAMapping(_)) || !means_feature_store(text) {
            Some(PassedBy::NoManifest)
        } else {
            None
        }
    }

    /// Help for an unreadable document.
    pub(crate) fn hint(&self, error: &DocumentError) -> Option<&'static str> {
        is_template(self.document_text(error)).then_some(
            "this looks like a template: render it first, as with `helm template . | kubectl feast \
             validate -`",
        )
    }

    /// The text of an unreadable document, between the separators around the line of the error.
    fn document_text(&self, error: &DocumentError) -> &str {
        let line = error.line.saturating_sub(self.origin.lines);
        let separators = self.separators();
        let (before, after) =
            separators.split_at(separators.partition_point(|(index, _)| *index < line));
        let start = before.last().map_or(0, |(_, start)| *start);
        let end = after.first().map_or(self.content.len(), |(_, end)| *end);
        self.content.get(start..end).unwrap_or(&self.content)
    }

    fn separators(&self) -> &[(usize, usize)] {
        self.separators.get_or_init(|| {
            let lines = self.content.split_inclusive('\n').enumerate();
            let mut start = 0;
            let starts = lines.map(|(index, line)| {
                let at = start;
                start += line.len();
                (index, at, line)
            });
            let separators = starts.filter(|(_, _, line)| line.starts_with("---"));
            separators.map(|(index, at, _)| (index, at)).collect()
        })
    }

    /// The positions of a document's fields. Items of a list, which follow each other, are located
    /// once.
    pub(crate) fn spans(&self, document: &Document) -> Spans {
        let mut last = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let spans = match (&*last, document.item) {
            (Some((number, spans)), Some(item)) if *number == document.number => spans.item(item),
            _ => document.spans(&self.content),
        };
        *last = Some((document.number, spans.clone()));
        spans
    }
}

/// A document of a text.
pub(crate) enum Part {
    /// An object, or an error.
    Document(Result<Document, DocumentError>),
    /// A skipped document, with the line on which it starts.
    PassedBy { line: usize, why: PassedBy },
}

/// Why a document is skipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PassedBy {
    /// It is not a Kubernetes object.
    #[error("not a Kubernetes object")]
    NoManifest,
    /// It is a template of a FeatureStore.
    #[error("a template: render it first")]
    Template,
    /// It is a FeatureStore that the selector does not match.
    #[error("not selected by its labels")]
    NotSelected,
}

/// Whether a text has template expressions, as in Go's templates.
fn is_template(text: &str) -> bool {
    text.contains("{{") && text.contains("}}")
}

/// Whether an unreadable text seems to be a FeatureStore.
fn means_feature_store(text: &str) -> bool {
    let is_head = |line: &str| {
        let value = |field: &str| {
            let rest = line.strip_prefix(field)?.trim_start().strip_prefix(':')?;
            Some(rest.trim().trim_matches(['"', '\'']).to_owned())
        };
        let group = |version: String| version.split('/').next() == Some(feast_api::GROUP);
        value("kind").is_some_and(|kind| kind == feast_api::KIND)
            || value("apiVersion").is_some_and(group)
    };
    text.lines().any(is_head)
}

/// Shows which text it is, but not its contents, which may have Secrets.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
