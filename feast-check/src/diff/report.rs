//! Effects of changes on many FeatureStores.

use std::fmt;

use serde::Serialize;

use super::{Action, Admission, Cause, Diff, Effect};

/// Effects of changes on FeatureStores, in order.
///
/// ```
/// use feast_check::diff::{Diff, Entry, Outcome, Report};
///
/// let report = Report::from_iter([
///     Entry::new("ml/shop", Outcome::Compared(Diff::default())),
///     Entry::new("ml/train", Outcome::Refused(vec!["spec.replicas: ...".to_owned()])),
/// ]);
/// assert_eq!(report.summary().to_string(), "0 of 2 FeatureStores change, 1 is rejected");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    title: Option<String>,
    entries: Vec<Entry>,
}

/// The effect on one FeatureStore.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entry {
    /// Its namespace and name, as `namespace/name`.
    pub feature_store: String,
    /// New answers of the API server, if it is another release's.
    #[serde(skip_serializing_if = "Admission::is_empty")]
    pub admission: Admission,
    /// The outcome of the change.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// The outcome of a change.
///
/// Exhaustive: each program shows all cases.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// Its effects; there may be none.
    Compared(Diff),
    /// The API server rejects it, for these reasons.
    #[serde(serialize_with = "refused")]
    Refused(Vec<String>),
    /// The effects cannot be computed, for this reason.
    #[serde(serialize_with = "failed")]
    Failed(String),
}

fn refused<S: serde::Serializer>(reasons: &[String], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map([("refused", reasons)])
}

fn failed<S: serde::Serializer>(reason: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map([("error", reason)])
}

impl Entry {
    /// The effect on the FeatureStore with this namespace and name.
    pub fn new(feature_store: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            feature_store: feature_store.into(),
            admission: Admission::default(),
            outcome,
        }
    }

    /// Adds new answers of the API server.
    #[must_use]
    pub fn admission(self, admission: Admission) -> Self {
        Self { admission, ..self }
    }

    /// Whether nothing changes, including the API server's answers.
    pub fn is_empty(&self) -> bool {
        self.admission.is_empty() && self.diff().is_some_and(Diff::is_empty)
    }

    /// Whether the API server rejects it.
    fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused(_)) || !self.admission.refuses.is_empty()
    }

    /// The effects of the change, if they could be computed.
    pub fn diff(&self) -> Option<&Diff> {
        match &self.outcome {
            Outcome::Compared(diff) => Some(diff),
            Outcome::Refused(_) | Outcome::Failed(_) => None,
        }
    }

    /// Whether the operator newly rejects it, so that its objects stay.
    fn is_abandoned(&self) -> bool {
        let refusals = self.diff().map(|diff| &diff.refusals);
        refusals.is_some_and(|refusals| refusals.before.is_none() && refusals.after.is_some())
    }

    fn has_effect(&self, is_meant: fn(&Effect) -> bool) -> bool {
        let changes = self.diff().into_iter().flat_map(|diff| &diff.changes);
        changes.flat_map(|change| &change.effects).any(is_meant)
    }

    fn counts(&self, is_meant: fn(&Action) -> bool) -> usize {
        let changes = self.diff().into_iter().flat_map(|diff| &diff.changes);
        changes.filter(|change| is_meant(&change.action)).count()
    }

    /// The number of objects created, changed and deleted.
    pub(super) fn objects(&self) -> [usize; 3] {
        [
            self.counts(|action| matches!(action, Action::Add)),
            self.counts(|action| matches!(action, Action::Change(_))),
            self.counts(|action| matches!(action, Action::Remove)),
        ]
    }
}

impl FromIterator<Entry> for Report {
    fn from_iter<I: IntoIterator<Item = Entry>>(entries: I) -> Self {
        Self {
            title: None,
            entries: entries.into_iter().collect(),
        }
    }
}

impl Report {
    /// Adds a title that says what is compared.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Self {
        let title = Some(title.into());
        Self { title, ..self }
    }

    /// The title, if set.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The FeatureStores.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether nothing changes for any of them.
    pub fn is_empty(&self) -> bool {
        self.entries.iter().all(Entry::is_empty)
    }

    /// The reasons for the changes, each once, with the number of FeatureStores. Those that change
    /// defaults come first.
    pub fn causes(&self) -> Vec<(&Cause, usize)> {
        let mut found: Vec<(&Cause, usize)> = Vec::new();
        let causes = self.entries.iter().filter_map(Entry::diff);
        for cause in causes.flat_map(|diff| &diff.causes) {
            let is_same = |(other, _): &&mut (&Cause, usize)| {
                (other.difference, other.is_new) == (cause.difference, cause.is_new)
            };
            match found.iter_mut().find(is_same) {
                Some((first, count)) => {
                    *count += 1;
                    if first.defaults.is_empty() {
                        *first = cause;
                    }
                }
                None => found.push((cause, 1)),
            }
        }
        found.sort_by_key(|(cause, _)| cause.defaults.is_empty());
        found
    }

    /// The number of FeatureStores, and how many change.
    pub fn summary(&self) -> Summary {
        let count = |is_meant: fn(&Entry) -> bool| {
            let entries = self.entries.iter();
            entries.filter(|entry| is_meant(entry)).count()
        };
        let restarts = |effect: &Effect| matches!(effect, Effect::Restart { .. });
        let deletes = |effect: &Effect| matches!(effect, Effect::DeletesData);
        let (mut restarted, mut losing_data) = (0, 0);
        for entry in &self.entries {
            restarted += usize::from(entry.has_effect(restarts));
            losing_data += usize::from(entry.has_effect(deletes));
        }
        Summary {
            feature_stores: self.entries.len(),
            changed: count(|entry| entry.diff().is_some_and(|diff| !diff.is_empty())),
            restarted,
            losing_data,
            pruned: count(|entry| !entry.admission.prunes.is_empty()),
            refused: count(Entry::is_refused),
            abandoned: count(Entry::is_abandoned),
            failed: count(|entry| matches!(entry.outcome, Outcome::Failed(_))),
        }
    }
}

/// JSON: `{"title": ..., "summary": ..., "featureStores": [...]}`.
impl Serialize for Report {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Shown<'a> {
            #[serde(skip_serializing_if = "Option::is_none")]
            title: Option<&'a str>,
            summary: Summary,
            feature_stores: &'a [Entry],
        }
        let shown = Shown {
            title: self.title(),
            summary: self.summary(),
            feature_stores: &self.entries,
        };
        shown.serialize(serializer)
    }
}

/// Counts of FeatureStores by effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Summary {
    /// All FeatureStores.
    pub feature_stores: usize,
    /// FeatureStores that change in any way, including their status.
    pub changed: usize,
    /// FeatureStores whose pods restart.
    pub restarted: usize,
    /// FeatureStores that lose a volume with its data.
    pub losing_data: usize,
    /// FeatureStores with fields that the API server newly drops.
    pub pruned: usize,
    /// FeatureStores that the API server rejects, or whose change it rejects.
    pub refused: usize,
    /// FeatureStores that the operator newly rejects: their objects stay.
    pub abandoned: usize,
    /// FeatureStores that cannot be compared.
    pub failed: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (all, changed) = (self.feature_stores, self.changed);
        let stores = if all == 1 {
            "FeatureStore"
        } else {
            "FeatureStores"
        };
        let change = if changed == 1 { "changes" } else { "change" };
        write!(f, "{changed} of {all} {stores} {change}")?;
        for (count, one, more) in [
            (self.restarted, "restarts", "restart"),
            (self.losing_data, "loses data", "lose data"),
            (self.pruned, "loses fields", "lose fields"),
            (self.refused, "is rejected", "are rejected"),
            (
                self.abandoned,
                "is no longer reconciled",
                "are no longer reconciled",
            ),
            (self.failed, "cannot be compared", "cannot be compared"),
        ] {
            match count {
                0 => {}
                1 => write!(f, ", 1 {one}")?,
                _ => write!(f, ", {count} {more}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_counts_in_words() {
        let summary = Summary {
            feature_stores: 5,
            changed: 3,
            restarted: 1,
            losing_data: 2,
            pruned: 1,
            refused: 1,
            abandoned: 1,
            failed: 1,
        };
        assert_eq!(
            summary.to_string(),
            "3 of 5 FeatureStores change, 1 restarts, 2 lose data, 1 loses fields, 1 is \
             rejected, 1 is no longer reconciled, 1 cannot be compared"
        );
    }
}
