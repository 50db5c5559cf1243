//! Sizes of values and of their content.

use crate::cel::ast::Id;
use crate::cel::range::Range;

/// Facts about the values of expressions, by their ids.
pub(super) struct Sizes {
    sizes: Vec<Option<Range>>,
    entries: Vec<Option<Entry>>,
}

/// The sizes of the keys and values of a map, or of the items of a list.
#[derive(Clone, Copy)]
pub(super) struct Entry {
    pub(super) is_list: bool,
    pub(super) key: Range,
    pub(super) value: Range,
}

impl Entry {
    pub(super) fn of_list(value: Range) -> Self {
        Self {
            is_list: true,
            key: Range::ONE,
            value,
        }
    }

    pub(super) fn of_map(key: Range, value: Range) -> Self {
        Self {
            is_list: false,
            key,
            value,
        }
    }

    pub(super) fn union(self, other: Self) -> Self {
        Self {
            is_list: self.is_list,
            key: self.key.union(other.key),
            value: self.value.union(other.value),
        }
    }
}

impl Sizes {
    pub(super) fn new(count: usize) -> Self {
        Self {
            sizes: vec![None; count],
            entries: vec![None; count],
        }
    }

    pub(super) fn get(&self, id: Id) -> Option<Range> {
        self.sizes.get(id as usize).copied().flatten()
    }

    /// Records a size, if there is one.
    pub(super) fn set(&mut self, id: Id, size: Option<Range>) {
        if let (Some(known), Some(_)) = (self.sizes.get_mut(id as usize), size) {
            *known = size;
        }
    }

    pub(super) fn entry(&self, id: Id) -> Option<Entry> {
        self.entries.get(id as usize).copied().flatten()
    }

    pub(super) fn set_entry(&mut self, id: Id, entry: Entry) {
        if let Some(known) = self.entries.get_mut(id as usize) {
            *known = Some(entry);
        }
    }
}
