//! Applies fixes to the text.

use std::ops::Range;

use feast_lint::{Fix, PatchOperation};
use serde_json::{Map, Value};

use super::Edit;
use super::scene::Scene;
use super::style::{Style, scalar};
use crate::manifest::Place;

impl Scene<'_> {
    /// The edits of a fix in the document, if each of its operations can be done.
    pub(super) fn edits(&self, fix: &Fix) -> Option<Vec<Edit>> {
        let operations = fix.patch.0.iter();
        operations.map(|operation| self.edit(operation)).collect()
    }

    fn edit(&self, operation: &PatchOperation) -> Option<Edit> {
        match operation {
            PatchOperation::Replace(it) => self.replace(it.path.as_str(), &it.value),
            PatchOperation::Remove(it) => self.remove(it.path.as_str()),
            PatchOperation::Move(it) => self.rename(it.from.as_str(), it.path.as_str()),
            PatchOperation::Add(it) => {
                let path = it.path.as_str();
                self.replace(path, &it.value)
                    .or_else(|| self.add(path, &it.value))
            }
            _ => None,
        }
    }

    /// An existing field that no alias shares.
    fn place(&self, pointer: &str) -> Option<Place> {
        let place = self.spans.pointer(pointer);
        (place.exists && place.aliases.is_empty()).then_some(place)
    }

    /// Replaces a scalar.
    fn replace(&self, pointer: &str, value: &Value) -> Option<Edit> {
        let place = self.place(pointer).filter(|place| !place.is_collection)?;
        let range = place.value.bytes;
        let style = Style::of(self.source.text.get(range.clone())?)?;
        let text = scalar(value, style)?;
        Some(Edit { range, text })
    }

    /// Replaces a name.
    fn rename(&self, from: &str, to: &str) -> Option<Edit> {
        let ((parent, _), (same, name)) = (split(from)?, split(to)?);
        if parent != same {
            return None;
        }
        let range = self.place(from)?.key?.bytes;
        let style = Style::of(self.source.text.get(range.clone())?)?;
        let text = scalar(&Value::String(name), style)?;
        Some(Edit { range, text })
    }

    /// Removes a field, with its lines if they are its own.
    fn remove(&self, pointer: &str) -> Option<Edit> {
        let (parent, _) = split(pointer)?;
        let place = self.place(pointer)?;
        let key = place.key?.bytes;
        let value = place.value.bytes;
        // A mapping without fields would become null.
        if self.mapping(parent)?.len() < 2 {
            return None;
        }
        let value_end = self.trimmed(key.start..value.end.max(key.end))?;
        let range = if self.is_flow(parent)? {
            self.with_comma(key.start, value_end)?
        } else {
            self.lines(key.start, value_end)?
        };
        let text = String::new();
        let has_comment = self.source.text.get(range.clone())?.contains('#');
        (!has_comment).then_some(Edit { range, text })
    }

    /// Adds a field at the end of a mapping.
    fn add(&self, pointer: &str, value: &Value) -> Option<Edit> {
        let (parent, name) = split(pointer)?;
        let is_json = self.source.text.trim_start().starts_with('{');
        let style = if is_json { Style::Double } else { Style::Plain };
        let field = format!(
            "{}: {}",
            scalar(&Value::String(name), style)?,
            scalar(value, style)?
        );
        let last = self.last(parent)?;
        let end = self.trimmed(last.key.as_ref()?.bytes.start..last.value.bytes.end)?;
        if self.is_flow(parent)? {
            let text = format!(", {field}");
            return Some(Edit {
                range: end..end,
                text,
            });
        }
        // After the comment of the last field.
        let rest = self.source.text.get(end..)?;
        let line = end + rest.find('\n').unwrap_or(rest.len());
        let at = line - usize::from(self.source.text.get(..line)?.ends_with('\r'));
        let column = last.key?.start.column - 1;
        let text = format!("{}{}{field}", self.source.newline, " ".repeat(column));
        Some(Edit {
            range: at..at,
            text,
        })
    }

    fn mapping(&self, pointer: &str) -> Option<&Map<String, Value>> {
        self.object.pointer(pointer)?.as_object()
    }

    /// The last field of a mapping.
    fn last(&self, parent: &str) -> Option<Place> {
        let names = self.mapping(parent)?.keys();
        let places = names.map(|name| {
            let name = name.replace('~', "~0").replace('/', "~1");
            self.place(&format!("{parent}/{name}"))
        });
        let places = places.collect::<Option<Vec<_>>>()?;
        places
            .into_iter()
            .max_by_key(|place| place.key.as_ref().map(|key| key.bytes.start))
    }

    /// Whether a mapping is written in braces.
    fn is_flow(&self, pointer: &str) -> Option<bool> {
        let place = self.spans.pointer(pointer);
        let text = self.source.text.get(place.value.bytes.clone())?;
        Some(text.starts_with('{'))
    }

    /// The end of a range, without trailing empty lines and comments.
    fn trimmed(&self, range: Range<usize>) -> Option<usize> {
        let text = self.source.text.get(range.clone())?;
        let mut end = 0;
        let mut offset = 0;
        for line in text.split_inclusive('\n') {
            let content = line.trim();
            if !content.is_empty() && !content.starts_with('#') {
                end = offset + line.trim_end().len();
            }
            offset += line.len();
        }
        Some(range.start + end)
    }

    /// The lines of a field, if it shares them with nothing.
    fn lines(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let before = self.source.text.get(..start)?;
        let line = before.rfind('\n').map_or(0, |newline| newline + 1);
        let is_first = self.source.text.get(line..start)?.trim().is_empty();
        let rest = self.source.text.get(end..)?;
        let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        let is_last = rest.get(..length)?.trim().is_empty();
        (is_first && is_last).then_some(line..end + length)
    }

    /// A field in braces, with one adjacent comma.
    fn with_comma(&self, start: usize, end: usize) -> Option<Range<usize>> {
        let rest = self.source.text.get(end..)?;
        let after = rest.trim_start();
        if let Some(next) = after.strip_prefix(',') {
            let next = next.trim_start_matches(' ');
            return Some(start..self.source.text.len() - next.len());
        }
        let before = self.source.text.get(..start)?.trim_end();
        Some(before.strip_suffix(',')?.len()..end)
    }
}

/// The pointer of a field's parent, and its name.
fn split(pointer: &str) -> Option<(&str, String)> {
    let (parent, name) = pointer.rsplit_once('/')?;
    Some((parent, unescaped(name)))
}

fn unescaped(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}
