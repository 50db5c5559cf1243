//! An index of a mapping's fields by name, for fast look-up.

use std::collections::HashSet;
use std::iter::successors;
use std::ops::Range;

use super::{Children, Field, FieldId, MERGE, Spans};
use crate::tree::NodeId;

/// The effective fields of a mapping, including merged ones, ordered by name.
#[derive(Clone, Debug)]
pub(super) struct Index(Box<[Entry]>);

#[derive(Clone, Debug)]
struct Entry {
    field: FieldId,
    /// The entry with the longest other name that is a prefix of this one's.
    shorter: Option<usize>,
}

impl Index {
    /// The fields of a mapping: its own win over merged ones, and later ones over earlier ones.
    pub(super) fn of(spans: &Spans, mapping: NodeId) -> Self {
        let mut fields = Vec::new();
        for mapping in with_merged(spans, mapping) {
            fields.extend(written(spans, mapping).rev());
        }
        fields.sort_by_key(|field| name(spans, *field));
        fields.dedup_by_key(|field| name(spans, *field));
        Self(with_shorter(spans, fields))
    }

    /// The field `wanted`.
    pub(super) fn named<'s>(&self, spans: &'s Spans, wanted: &str) -> Option<&'s Field> {
        let found = self.last_up_to(spans, wanted)?;
        let field = self.0[found].field;
        (name(spans, field) == wanted).then_some(&spans.parts.fields[field])
    }

    /// The field with the longest name that is a prefix of a path, and the rest of the path.
    pub(super) fn longest<'s, 'p>(
        &self,
        spans: &'s Spans,
        path: &'p str,
    ) -> Option<(&'s Field, &'p str)> {
        let start = path.strip_prefix(['[', '.']).unwrap_or(path);
        // Every prefix of the path is a prefix of, or equal to, the last name up to the path.
        let last = self.last_up_to(spans, start);
        successors(last, |entry| self.0[*entry].shorter).find_map(|entry| {
            let field = self.0[entry].field;
            Some((
                &spans.parts.fields[field],
                after_name(path, name(spans, field))?,
            ))
        })
    }

    /// The last entry whose name does not come after a text.
    fn last_up_to(&self, spans: &Spans, text: &str) -> Option<usize> {
        let after = self
            .0
            .partition_point(|entry| name(spans, entry.field) <= text);
        after.checked_sub(1)
    }
}

/// A mapping and those it merges with `<<`, in order of precedence, each once.
fn with_merged(spans: &Spans, mapping: NodeId) -> Vec<NodeId> {
    if merging(spans, mapping).next().is_none() {
        return vec![mapping];
    }
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let mut next = vec![mapping];
    while let Some(mapping) = next.pop() {
        if seen.insert(mapping) {
            found.push(mapping);
            next.extend(merged(spans, mapping).into_iter().rev());
        }
    }
    found
}

/// The fields of a mapping that merge others.
fn merging(spans: &Spans, mapping: NodeId) -> impl Iterator<Item = FieldId> {
    written(spans, mapping).filter(|field| name(spans, *field) == MERGE)
}

/// The mappings that a mapping merges directly.
fn merged(spans: &Spans, mapping: NodeId) -> Vec<NodeId> {
    let mappings = merging(spans, mapping).flat_map(|field| {
        let value = spans.anchored(spans.parts.fields[field].value);
        match &spans.parts.nodes[value].children {
            Children::Items(items) => items.iter().map(|item| spans.anchored(*item)).collect(),
            _ => vec![value],
        }
    });
    mappings.collect()
}

/// Fields ordered by name, each with the longest other name that is a prefix of its name.
fn with_shorter(spans: &Spans, fields: Vec<FieldId>) -> Box<[Entry]> {
    let mut entries: Vec<Entry> = Vec::with_capacity(fields.len());
    for field in fields {
        let starts_with =
            |entry: &usize| name(spans, field).starts_with(name(spans, entries[*entry].field));
        let previous = entries.len().checked_sub(1);
        let shorter = successors(previous, |entry| entries[*entry].shorter).find(starts_with);
        entries.push(Entry { field, shorter });
    }
    entries.into()
}

/// The own fields of a node, if it is a mapping.
fn written(spans: &Spans, node: NodeId) -> Range<FieldId> {
    match &spans.parts.nodes[node].children {
        Children::Fields(fields) => fields.written.clone(),
        _ => 0..0,
    }
}

fn name(spans: &Spans, field: FieldId) -> &str {
    #[cfg(test)]
    super::tests::count();
    &spans.parts.fields[field].name
}

/// The rest of a path after a name at its start.
fn after_name<'p>(path: &'p str, name: &str) -> Option<&'p str> {
    if let Some(rest) = path.strip_prefix('[') {
        return rest.strip_prefix(name)?.strip_prefix(']');
    }
    let rest = path.strip_prefix('.').unwrap_or(path).strip_prefix(name)?;
    (rest.is_empty() || rest.starts_with(['.', '['])).then_some(rest)
}
