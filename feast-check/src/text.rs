//! Texts that are checked.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use crate::manifest::{self, Document, DocumentError, Origin, Spans};

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
    /// What went before in the source.
    origin: Origin,
    content: String,
    is_found: bool,
    /// The places of the document that was last asked for.
    spans: Mutex<Option<(usize, Spans)>>,
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
        }
    }

    /// The same as a part of its source, which other parts go before.
    #[must_use]
    pub fn after(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// The same as one that was found in a folder rather than named.
    ///
    /// A folder holds much that is no manifest, such as templates and settings. What is found there
    /// and does not speak of FeatureStores is passed by if it cannot be read.
    #[must_use]
    pub fn found(self, is_found: bool) -> Self {
        Self { is_found, ..self }
    }

    /// Name of the source.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// What went before in the source.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// The text itself.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The objects, and what is none.
    pub fn documents(&self) -> Vec<Result<Document, DocumentError>> {
        let mut documents = manifest::read_from(self.origin, &self.content);
        if self.is_foreign() {
            documents.retain(Result::is_ok);
        }
        documents
    }

    /// Whether objects that are not understood are none of our business.
    pub fn is_foreign(&self) -> bool {
        self.is_found && !self.content.contains(feast_api::GROUP)
    }

    /// The places of a document's fields. The items of a list, which come one after the other, are
    /// looked for once.
    pub(crate) fn spans(&self, document: &Document) -> Spans {
        let mut last = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let spans = match (&*last, document.item) {
            (Some((number, spans)), Some(item)) if *number == document.number => spans.item(item),
            _ => Spans::of(&self.content, document),
        };
        *last = Some((document.number, spans.clone()));
        spans
    }
}

/// Shows which text it is, not what it holds: it may hold Secrets.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Text")
            .field("name", &self.name)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}
