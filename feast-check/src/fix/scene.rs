//! Documents in their texts, and whether edits fix them.

use serde_json::Value;

use super::part::{Part, Syntax};
use super::{Edit, Fix, apply};
use crate::manifest::{self, Document, Position, Spans};

/// The text of a document: an object, or a `List` of them.
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    pub(super) newline: &'static str,
    /// `None` if its parts cannot be read alone.
    pub(super) syntax: Option<Syntax>,
    objects: Vec<Document>,
    spans: Spans,
}

impl<'t> Source<'t> {
    /// `None` if any of its objects cannot be read.
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let spans = Spans::of(text, Position { line: 1, column: 1 });
        Some(Self {
            text,
            newline: if text.contains("\r\n") { "\r\n" } else { "\n" },
            syntax: Syntax::of(text, &spans),
            objects: objects(text)?,
            spans,
        })
    }

    /// Its object, or an item of the `List`.
    pub(super) fn scene(&self, item: Option<usize>) -> Option<Scene<'_>> {
        let index = item.unwrap_or_default();
        let spans = match item {
            Some(item) => self.spans.item(item),
            None => self.spans.clone(),
        };
        Some(Scene {
            source: self,
            index,
            object: self.objects.get(index)?.value(),
            spans,
        })
    }
}

/// An object in the text of its document.
pub(super) struct Scene<'s> {
    pub(super) source: &'s Source<'s>,
    /// Its position among the objects of the text.
    index: usize,
    pub(super) object: &'s Value,
    pub(super) spans: Spans,
}

impl Scene<'_> {
    /// Whether the edited text has the fixed object, and otherwise is unchanged.
    pub(super) fn is_made(&self, fixes: &[&Fix], edits: &[Edit]) -> bool {
        let part = Part::of(self, fixes);
        // Reading a part is faster. If it does not confirm the edits, the whole text decides.
        part.is_some_and(|part| part.is_made(fixes, edits)) || self.is_made_as_a_whole(fixes, edits)
    }

    pub(super) fn is_made_as_a_whole(&self, fixes: &[&Fix], edits: &[Edit]) -> bool {
        let found = objects(&apply(self.source.text, edits));
        let (Some(found), Some(patched)) = (found, patched(self.object.clone(), fixes)) else {
            return false;
        };
        let expected = self.source.objects.iter().enumerate();
        let expected = expected.map(|(index, object)| {
            let is_this = index == self.index;
            if is_this { &patched } else { object.value() }
        });
        found.iter().map(Document::value).eq(expected)
    }
}

/// The objects of a text, if all can be read.
fn objects(text: &str) -> Option<Vec<Document>> {
    manifest::read(text).into_iter().map(Result::ok).collect()
}

/// A value after fixes, if they can be applied.
pub(super) fn patched(mut value: Value, fixes: &[&Fix]) -> Option<Value> {
    for fix in fixes {
        json_patch::patch(&mut value, &fix.patch).ok()?;
    }
    Some(value)
}
