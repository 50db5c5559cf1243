//! Reads only the part of a document that fixes change.

use std::borrow::Cow;
use std::ops::Range;

use go_yaml::Duplicates;
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::scene::{Scene, patched};
use super::{Edit, Fix, apply};
use crate::manifest::{Place, Spans};

/// The syntax of a document whose parts can be read alone.
#[derive(Clone, Copy)]
pub(super) enum Syntax {
    Json,
    Yaml,
}

impl Syntax {
    /// `None` if the rest of the document may affect a part, or a part the rest.
    pub(super) fn of(text: &str, spans: &Spans) -> Option<Self> {
        if serde_json::from_str::<IgnoredAny>(text).is_ok() {
            return Some(Self::Json);
        }
        // An edit could turn the text into JSON, which is read differently.
        let is_almost_json = text.trim_start().starts_with('{');
        // The indentation around it decides where a tab may be.
        let has_tabs = text.contains('\t');
        (!is_almost_json && !has_tabs && !spans.has_aliases()).then_some(Self::Yaml)
    }

    fn read(self, text: &str) -> Option<Value> {
        let json = match self {
            Self::Json => Cow::Borrowed(text),
            Self::Yaml => go_yaml::to_json_with(text, Duplicates::Refused)
                .ok()?
                .into(),
        };
        serde_json::from_str(&json).ok()
    }
}

/// The innermost collection with everything that fixes change.
pub(super) struct Part<'s> {
    pointer: &'s str,
    value: &'s Value,
    syntax: Syntax,
    text: &'s str,
    /// Its range in the document's text.
    range: Range<usize>,
    /// The number of columns before it.
    margin: usize,
}

impl<'s> Part<'s> {
    /// `None` if it cannot be read alone.
    pub(super) fn of(scene: &'s Scene<'_>, fixes: &[&'s Fix]) -> Option<Self> {
        let pointer = parent(fixes)?;
        let place = scene.spans.pointer(pointer);
        if !place.exists || !place.is_collection {
            return None;
        }
        let (range, margin) = block(scene.source.text, &place)?;
        Some(Self {
            pointer,
            value: scene.object.pointer(pointer)?,
            syntax: scene.source.syntax?,
            text: scene.source.text.get(range.clone())?,
            range,
            margin,
        })
    }

    /// Whether the edited part has the fixed value.
    pub(super) fn is_made(&self, fixes: &[&Fix], edits: &[Edit]) -> bool {
        let found = self.edited(edits);
        found.is_some() && found == self.fixed(fixes)
    }

    /// The value of the edited part.
    fn edited(&self, edits: &[Edit]) -> Option<Value> {
        let edits = edits.iter().map(|edit| self.within(edit));
        let edits: Vec<_> = edits.collect::<Option<_>>()?;
        let mut text = " ".repeat(self.margin) + &apply(self.text, &edits);
        // kubectl terminates the last line, too.
        if !text.ends_with('\n') {
            text.push('\n');
        }
        self.syntax.read(&text)
    }

    /// An edit of the part, if it does not change anything else.
    fn within(&self, edit: &Edit) -> Option<Edit> {
        let start = edit.range.start.checked_sub(self.range.start)?;
        let end = edit.range.end.checked_sub(self.range.start)?;
        (end <= self.text.len()).then(|| Edit {
            range: start..end,
            text: edit.text.clone(),
        })
    }

    /// The value after the fixes.
    fn fixed(&self, fixes: &[&Fix]) -> Option<Value> {
        let object = only(self.pointer, self.value.clone());
        patched(object, fixes)?
            .pointer_mut(self.pointer)
            .map(Value::take)
    }
}

/// The range of a collection, and the number of columns before it, which its lines depend on. A
/// collection in brackets does not depend on them.
fn block(text: &str, place: &Place) -> Option<(Range<usize>, usize)> {
    let range = place.value.bytes.clone();
    if text.get(range.clone())?.starts_with(['{', '[']) {
        return Some((range, 0));
    }
    // With the indentation of its first line, which an edit may remove.
    let start = text.get(..range.start)?.trim_end_matches(' ').len();
    let indentation = range.start - start;
    let columns = place.value.start.column - 1;
    Some((start..range.end, columns.checked_sub(indentation)?))
}

/// The pointer of the innermost collection with everything that fixes change.
fn parent<'f>(fixes: &[&'f Fix]) -> Option<&'f str> {
    let operations = fixes.iter().flat_map(|fix| fix.patch.0.iter());
    let parents = operations.map(|operation| {
        let path = operation.path().as_str();
        path.rsplit_once('/').map_or(path, |(parent, _)| parent)
    });
    parents.reduce(common)
}

/// The start that two pointers have in common.
fn common<'p>(one: &'p str, other: &str) -> &'p str {
    let tokens = one.split('/').zip(other.split('/'));
    let same = tokens.take_while(|(one, other)| one == other);
    let length: usize = same.map(|(token, _)| token.len() + 1).sum();
    one.get(..length.saturating_sub(1)).unwrap_or_default()
}

/// An object that has only the value at a pointer, so that a patch of the whole object applies.
fn only(pointer: &str, value: Value) -> Value {
    let tokens = pointer.rsplit('/').take(pointer.matches('/').count());
    tokens.fold(value, |value, token| {
        let name = token.replace("~1", "/").replace("~0", "~");
        Value::Object(Map::from_iter([(name, value)]))
    })
}
