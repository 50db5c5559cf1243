//! Positions of fields.

use std::cell::OnceCell;

use super::{Checked, Excerpt, Finding, Mark};
use crate::manifest::{Document, Place, Position, Spans};
use crate::text::Text;

/// Locates fields in a document, lazily.
#[derive(Debug)]
pub struct Locator<'a> {
    text: &'a Text,
    document: &'a Document,
    spans: OnceCell<Spans>,
}

impl<'a> Locator<'a> {
    /// For a document of a text.
    pub fn new(text: &'a Text, document: &'a Document) -> Self {
        Self {
            text,
            document,
            spans: OnceCell::new(),
        }
    }

    fn spans(&self) -> &Spans {
        self.spans.get_or_init(|| self.text.spans(self.document))
    }

    /// The position of a field path.
    pub fn find(&self, field: &str) -> Place {
        self.spans().find(field)
    }

    /// The position of a JSON pointer.
    pub fn pointer(&self, pointer: &str) -> Place {
        self.spans().pointer(pointer)
    }

    /// The source text of a field's value.
    pub(crate) fn written(&self, field: &str) -> Option<&str> {
        let source = self.text.content().get(self.document.source.clone())?;
        source.get(self.find(field).value.bytes)
    }

    /// A label that names a field, or says that it is missing.
    pub fn mark(&self, field: &str) -> Mark {
        let place = self.find(field);
        let label = match (field, place.exists) {
            ("<nil>" | "", _) => String::new(),
            (_, true) => field.to_owned(),
            (_, false) => format!("{field} is missing"),
        };
        Mark {
            span: place.mark().clone(),
            label,
        }
    }

    /// A mark for the object as a whole: its name, or else another field.
    pub fn object(&self) -> Mark {
        Mark {
            span: self.find("metadata.name").mark().clone(),
            label: String::new(),
        }
    }

    /// Findings with their positions, in order; those without a field point at the object.
    /// `namespace` is the one for objects that set none.
    pub fn checked(&self, namespace: &str, mut findings: Vec<Finding>) -> Checked {
        let Document { number, line, .. } = *self.document;
        let namespace = self.document.namespace().unwrap_or(namespace);
        let name = self.document.name().unwrap_or("(unnamed)");
        // Lines are only shown if a finding points at them: the rest may be secret.
        let is_marked = findings.iter().any(|finding| finding.mark.is_some());
        for finding in findings.iter_mut().filter(|finding| finding.mark.is_none()) {
            finding.mark = Some(self.object());
        }
        // Findings on the object as a whole come last.
        findings.sort_by_key(|finding| {
            let start = finding.mark.as_ref().map(|mark| mark.span.start);
            (finding.field.is_empty(), start)
        });
        Checked {
            file: self.text.name().clone(),
            document: number,
            item: self.document.item,
            start: match self.document.item {
                None => Position { line, column: 1 },
                Some(_) => self.find("").value.start,
            },
            source: self.document.source.clone(),
            feature_store: Some(format!("{namespace}/{name}")),
            object: None,
            excerpt: is_marked
                .then(|| Excerpt::of(self.text, self.document, &self.find("")))
                .flatten(),
            findings,
        }
    }

    /// Findings of another validated object, namespaced or not.
    pub fn resource(&self, namespace: Option<&str>, findings: Vec<Finding>) -> Checked {
        let kind = self.document.kind().unwrap_or_default();
        let name = self.document.name().unwrap_or("(unnamed)");
        let object = match namespace {
            Some(namespace) => format!("{kind} {namespace}/{name}"),
            None => format!("{kind} {name}"),
        };
        Checked {
            object: Some(object),
            ..self.other(findings)
        }
    }

    /// Findings of an object that is not validated.
    pub fn other(&self, findings: Vec<Finding>) -> Checked {
        Checked {
            feature_store: None,
            ..self.checked("", findings)
        }
    }
}
