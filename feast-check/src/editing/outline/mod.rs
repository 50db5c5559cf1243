//! Fields of a text that is being typed and may be incomplete YAML.
//!
//! go-yaml only reads complete documents: a line without its colon makes the whole document
//! invalid. Here an incomplete line affects nothing else. Findings never come from here; it only
//! finds the field at a cursor, for completion and hover.

mod block;
mod flow;
mod scalar;

use std::ops::Range;

/// A field or an item.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    parent: Option<Id>,
    pub(super) name: Name,
    /// Its name, or the dash of an item.
    pub(super) key: Range<usize>,
    /// The position of its value after a colon or dash; the range of the value if it is a scalar.
    pub(super) value: Option<Range<usize>>,
    kind: Kind,
    /// Its column; `None` within brackets.
    indent: Option<usize>,
}

/// The index of an entry.
pub(super) type Id = usize;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Name {
    Field(String),
    Item,
}

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Empty; entries may follow below.
    Open,
    Scalar,
    /// A multi-line string.
    Block,
    Flow,
}

/// The position of a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    pub(super) place: Place,
    /// The enclosing entry; `None` for the document.
    pub(super) parent: Option<Id>,
    /// The range of the word at the cursor, which a completion replaces.
    pub(super) word: Range<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// A field's name, with or without its colon.
    Name { has_colon: bool },
    /// The value of the parent, or one of its items.
    Value,
}

/// A pair of brackets.
#[derive(Clone, Debug)]
struct Brackets {
    owner: Option<Id>,
    is_mapping: bool,
    inside: Range<usize>,
}

/// The fields of one document.
#[derive(Debug)]
pub(super) struct Outline<'t> {
    text: &'t str,
    /// The range of the document in the text.
    range: Range<usize>,
    entries: Vec<Entry>,
    brackets: Vec<Brackets>,
    /// The entries that the next line may belong to.
    open: Vec<Id>,
    /// Whether the document is a list of objects.
    is_list: bool,
}

impl<'t> Outline<'t> {
    /// The outline of the document that contains a byte.
    pub(super) fn around(text: &'t str, byte: usize) -> Self {
        let range = document(text, byte);
        let mut outline = Self {
            text,
            range,
            entries: Vec::new(),
            brackets: Vec::new(),
            open: Vec::new(),
            is_list: false,
        };
        outline.read_block();
        let kind = outline.text_of(None, "kind");
        outline.is_list = kind.is_some_and(|kind| kind.ends_with("List"));
        outline
    }

    /// The position of a cursor; `None` if nothing can be typed there, for example in a comment.
    pub(super) fn cursor(&self, byte: usize) -> Option<Cursor> {
        let is_in = |range: &Range<usize>| range.start <= byte && byte <= range.end;
        // The last of several adjacent entries: the innermost.
        let mut entries = self.entries.iter().enumerate().rev();
        let named = |(_, entry): &(Id, &Entry)| entry.name != Name::Item && is_in(&entry.key);
        if let Some((_, entry)) = entries.clone().find(named) {
            let has_colon = entry.value.is_some();
            return Some(Cursor {
                place: Place::Name { has_colon },
                parent: entry.parent,
                word: entry.key.clone(),
            });
        }
        let valued = |(_, entry): &(Id, &Entry)| {
            let is_here = entry.value.as_ref().is_some_and(is_in);
            is_here && matches!(entry.kind, Kind::Scalar | Kind::Block)
        };
        if let Some((id, entry)) = entries.find(valued) {
            return (entry.kind == Kind::Scalar).then_some(Cursor {
                place: Place::Value,
                parent: Some(id),
                word: entry.value.clone().unwrap_or(byte..byte),
            });
        }
        let inner = self
            .brackets
            .iter()
            .rev()
            .find(|found| is_in(&found.inside));
        if let Some(brackets) = inner {
            return self.within(brackets, byte);
        }
        self.beside(byte)
    }

    /// A cursor between the entries in brackets.
    fn within(&self, brackets: &Brackets, byte: usize) -> Option<Cursor> {
        let before = self.text.get(brackets.inside.start..byte)?;
        let here = before.trim_end();
        let empty = byte..byte;
        if here.ends_with(':') {
            let open = self.entries.iter().rposition(|entry| {
                entry
                    .value
                    .as_ref()
                    .is_some_and(|value| value.start <= byte)
                    && entry.key.end <= byte
            })?;
            return Some(Cursor {
                place: Place::Value,
                parent: Some(open),
                word: empty,
            });
        }
        let is_next = here.is_empty() || here.ends_with(',');
        is_next.then_some(Cursor {
            place: if brackets.is_mapping {
                Place::Name { has_colon: false }
            } else {
                Place::Value
            },
            parent: brackets.owner,
            word: empty,
        })
    }

    /// A cursor on an empty line, or after a colon.
    fn beside(&self, byte: usize) -> Option<Cursor> {
        let start = self.text.get(..byte)?.rfind('\n').map_or(0, |end| end + 1);
        let line = self.text.get(start..)?.lines().next().unwrap_or_default();
        let before = self.text.get(start..byte)?;
        let empty = byte..byte;
        // `name: ` or `- ` without a value.
        let mut entries = self.entries.iter().enumerate().rev();
        let opened = entries.find(|(_, entry)| {
            let is_here = entry
                .value
                .as_ref()
                .is_some_and(|value| value.start <= byte);
            is_here && entry.key.start >= start && entry.key.end < byte
        });
        if let Some((id, entry)) = opened {
            let is_clear = line.get(byte - start..)?.trim().is_empty()
                && entry.kind == Kind::Open
                && !before.contains(" #");
            let place = match entry.name {
                Name::Item => Place::Name { has_colon: false },
                Name::Field(_) => Place::Value,
            };
            return is_clear.then_some(Cursor {
                place,
                parent: Some(id),
                word: empty,
            });
        }
        if !line.trim().is_empty() {
            return None;
        }
        let column = before.chars().count();
        let last = self.entries.iter().rposition(|entry| entry.key.end <= byte);
        let mut parent = last;
        while let Some(id) = parent {
            let entry = &self.entries[id];
            if entry.indent.is_some_and(|indent| indent < column) {
                break;
            }
            parent = entry.parent;
        }
        let is_open = |id: Id| self.entries[id].kind == Kind::Open;
        parent.is_none_or(is_open).then_some(Cursor {
            place: Place::Name { has_colon: false },
            parent,
            word: empty,
        })
    }

    /// The entry with a name or value at a byte, or a name just before it.
    pub(super) fn at(&self, byte: usize) -> Option<Id> {
        let is_in =
            |range: &Range<usize>| range.start <= byte && byte < range.end.max(range.start + 1);
        let is_in_or_before = |range: &Range<usize>| range.start <= byte && byte <= range.end;
        self.entries.iter().rposition(|entry| {
            let is_value = entry.kind == Kind::Scalar && entry.value.as_ref().is_some_and(is_in);
            entry.name != Name::Item && is_in_or_before(&entry.key) || is_value
        })
    }

    pub(super) fn entry(&self, id: Id) -> &Entry {
        &self.entries[id]
    }

    /// The field names from the object to an entry; items have no name.
    pub(super) fn path(&self, id: Option<Id>) -> Vec<&str> {
        let root = self.root(id);
        let chain = std::iter::successors(id, |id| self.entries[*id].parent);
        let chain = chain.take_while(|id| Some(*id) != root);
        let names = chain.filter_map(|id| match &self.entries[id].name {
            Name::Field(name) => Some(name.as_str()),
            Name::Item => None,
        });
        let mut path: Vec<_> = names.collect();
        path.reverse();
        path
    }

    /// The object that contains an entry: an item of a list of objects, or the document.
    pub(super) fn root(&self, id: Option<Id>) -> Option<Id> {
        if !self.is_list {
            return None;
        }
        let mut chain = std::iter::successors(id, |id| self.entries[*id].parent);
        chain.find(|id| {
            let entry = &self.entries[*id];
            let items = entry.parent.map(|parent| &self.entries[parent]);
            entry.name == Name::Item && items.is_some_and(|items| items.parent.is_none())
        })
    }

    /// The names of the fields of an entry, or of the document.
    pub(super) fn fields(&self, parent: Option<Id>) -> impl Iterator<Item = (&str, &Entry)> {
        let children = self
            .entries
            .iter()
            .filter(move |entry| entry.parent == parent);
        children.filter_map(|entry| match &entry.name {
            Name::Field(name) => Some((name.as_str(), entry)),
            Name::Item => None,
        })
    }

    /// The text of a field that is a scalar, without quotes.
    pub(super) fn text_of(&self, parent: Option<Id>, field: &str) -> Option<&'t str> {
        let (_, entry) = self.fields(parent).find(|(name, _)| *name == field)?;
        let value = entry.value.clone().filter(|_| entry.kind == Kind::Scalar)?;
        let text = self.text.get(value)?;
        Some(text.trim_matches(['"', '\'']))
    }

    /// Adds an entry.
    fn add(&mut self, entry: Entry) -> Id {
        self.entries.push(entry);
        self.entries.len() - 1
    }
}

/// The document that contains a byte, with the same boundaries as in go-yaml.
fn document(text: &str, byte: usize) -> Range<usize> {
    let (mut start, mut end, mut offset) = (0, text.len(), 0);
    for line in text.split_inclusive('\n') {
        let next = offset + line.len();
        if line.starts_with("---") {
            if offset > byte {
                end = offset;
                break;
            }
            start = next;
        }
        offset = next;
    }
    start..end
}

#[cfg(test)]
mod tests;
