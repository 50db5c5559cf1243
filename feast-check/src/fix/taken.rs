//! The ranges of chosen edits.

use std::collections::BTreeMap;

use super::Edit;

/// Ranges of a text, each by its start with the last end so far. Edits are added if they do not
/// [overlap](Self::overlaps), so the ends have the order of the starts.
#[derive(Default)]
pub(super) struct Taken(BTreeMap<usize, usize>);

impl Taken {
    /// Whether an edit overlaps with or touches a range.
    pub(super) fn overlaps(&self, edits: &[Edit]) -> bool {
        let mut ranges = edits.iter().map(|edit| &edit.range);
        ranges.any(|range| self.end(range.end).is_some_and(|end| range.start <= end))
    }

    /// Adds the edits of a fix.
    pub(super) fn add(&mut self, edits: &[Edit]) {
        let mut ranges: Vec<_> = edits.iter().map(|edit| &edit.range).collect();
        ranges.sort_by_key(|range| range.start);
        for range in ranges {
            let end = self
                .end(range.start)
                .map_or(range.end, |end| end.max(range.end));
            self.0.insert(range.start, end);
        }
    }

    /// The last end of the ranges that start at an offset or before.
    fn end(&self, start: usize) -> Option<usize> {
        let last = self.0.range(..=start).next_back();
        last.map(|(_, end)| *end)
    }
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn edit() -> impl Strategy<Value = Edit> {
        (0_usize..60, 0_usize..6).prop_map(|(start, length)| Edit {
            range: start..start + length,
            text: String::new(),
        })
    }

    proptest! {
        /// The edits of one fix may overlap.
        #[test]
        fn overlaps_are_those_of_any_two_edits(fixes in vec(vec(edit(), 1..4), 0..20)) {
            let mut taken = Taken::default();
            let mut added: Vec<&Edit> = Vec::new();
            for edits in &fixes {
                let is_near = |edit: &Edit, other: &Edit| {
                    edit.range.start <= other.range.end && other.range.start <= edit.range.end
                };
                let overlaps = edits
                    .iter()
                    .any(|edit| added.iter().any(|other| is_near(edit, other)));
                prop_assert_eq!(taken.overlaps(edits), overlaps);
                if !overlaps {
                    taken.add(edits);
                    added.extend(edits);
                }
            }
        }
    }
}
