//! What an update makes worse.

use std::collections::BTreeMap;

use feast_lint::Finding;

/// What has to be the same of two findings of a lint, strictest first: all of it; what is said, as it
/// may have moved within a list; where it is, as what is said of it may count things.
const ALIKE: [Alike; 3] = [(true, true), (false, true), (true, false)];

/// Whether the paths, and whether the messages have to be the same.
type Alike = (bool, bool);

/// Findings after an update: those that are new, and those that were there before. Each finding
/// before accounts for one.
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
