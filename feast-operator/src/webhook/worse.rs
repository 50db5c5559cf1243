//! Findings that an update adds.

use std::collections::BTreeMap;

use feast_lint::Finding;

/// When two findings of a lint count as the same, strictest first: path and message match; only the
/// message, because it may have moved within a list; only the path, because the message may contain
/// a count.
const ALIKE: [Alike; 3] = [(true, true), (false, true), (true, false)];

/// Whether the paths and whether the messages must match.
type Alike = (bool, bool);

/// Splits the findings after an update into new ones and existing ones. Each finding before matches
/// at most one.
pub(super) fn compare(
    mut before: Vec<Finding>,
    after: Vec<Finding>,
) -> (Vec<Finding>, Vec<Finding>) {
    let (mut new, mut kept) = (after, Vec::new());
    for alike in ALIKE {
        let mut known: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for finding in before {
            known.entry(key(&finding, alike)).or_default().push(finding);
        }
        let is_kept = |finding: &Finding| {
            let same = known.get_mut(&key(finding, alike));
            same.and_then(Vec::pop).is_some()
        };
        let (same, other): (Vec<_>, Vec<_>) = new.into_iter().partition(is_kept);
        kept.extend(same);
        new = other;
        before = known.into_values().flatten().collect();
    }
    (new, kept)
}

fn key(
    finding: &Finding,
    (path, message): Alike,
) -> (&'static str, Option<String>, Option<String>) {
    let path = path.then(|| finding.path.to_string());
    let message = message.then(|| finding.message.clone());
    (finding.lint.name, path, message)
}
