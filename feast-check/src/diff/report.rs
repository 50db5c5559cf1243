//! What changes do to many FeatureStores.

use std::fmt;

use serde::Serialize;

use super::{Action, Admission, Cause, Diff, Effect};

/// What changes do to FeatureStores, one after the other.
///
/// ```
/// use feast_check::diff::{Diff, Entry, Outcome, Report};
///
/// let report = Report::from_iter([
///     Entry::new("ml/shop", Outcome::Compared(Diff::default())),
///     Entry::new("ml/train", Outcome::Refused(vec!["spec.replicas: ...".to_owned()])),
/// ]);
/// assert_eq!(report.summary().to_string(), "0 of 2 FeatureStores change, 1 is refused");
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    title: Option<String>,
    entries: Vec<Entry>,
}

/// What happens to one FeatureStore.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Entry {
    /// Its namespace and name, as `namespace/name`.
    pub feature_store: String,
    /// What the API server says otherwise than before, if it is another release's.
    #[serde(skip_serializing_if = "Admission::is_empty")]
    pub admission: Admission,
    /// What comes of the change.
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// What comes of a change.
///
/// Exhaustive: whoever shows it has to say something in each case.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    /// What it does; nothing perhaps.
    Compared(Diff),
    /// The API server refuses it, for these reasons.
    #[serde(serialize_with = "refused")]
    Refused(Vec<String>),
    /// What it does cannot be told, for this reason.
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
    /// What happens to the FeatureStore of this namespace and name.
    pub fn new(feature_store: impl Into<String>, outcome: Outcome) -> Self {
        Self {
            feature_store: feature_store.into(),
            admission: Admission::default(),
            outcome,
        }
    }

    /// The same with what the API server says otherwise than before.
    #[must_use]
    pub fn admission(self, admission: Admission) -> Self {
        Self { admission, ..self }
    }

    /// Whether nothing happens to it, and the API server says the same as before.
    pub fn is_empty(&self) -> bool {
        self.admission.is_empty() && self.diff().is_some_and(Diff::is_empty)
    }

    /// Whether the API server refuses it.
    fn is_refused(&self) -> bool {
        matches!(self.outcome, Outcome::Refused(_)) || !self.admission.refuses.is_empty()
    }

    /// What the change does, if that can be told.
    pub fn diff(&self) -> Option<&Diff> {
        match &self.outcome {
            Outcome::Compared(diff) => Some(diff),
            Outcome::Refused(_) | Outcome::Failed(_) => None,
        }
    }

    /// Whether the operator refuses it from now on, and what there is stays as it is.
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

    /// How many objects are made, changed and deleted.
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
    /// The same with a title that says what is compared.
    #[must_use]
    pub fn titled(self, title: impl Into<String>) -> Self {
        let title = Some(title.into());
        Self { title, ..self }
    }

    /// What is compared, if somebody said it.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The FeatureStores.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Whether nothing happens to any of them.
    pub fn is_empty(&self) -> bool {
        self.entries.iter().all(Entry::is_empty)
    }

    /// Why the FeatureStores change, each reason once, with how many of them it concerns. What
    /// moves defaults comes first.
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

    /// How many of them there are, and how many change.
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

/// As `{"title": ..., "summary": ..., "featureStores": [...]}`.
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

/// How many FeatureStores there are, and what happens to them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Summary {
    /// How many there are.
    pub feature_stores: usize,
    /// How many change in anything, their status included.
    pub changed: usize,
    /// How many have pods that restart.
    pub restarted: usize,
    /// How many lose a volume with what is on it.
    pub losing_data: usize,
    /// How many have fields that the API server drops from now on.
    pub pruned: usize,
    /// How many the API server refuses, or their change.
    pub refused: usize,
    /// How many the operator refuses from now on: what they have stays as it is.
    pub abandoned: usize,
    /// Of how many it cannot be told what happens.
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
            (self.refused, "is refused", "are refused"),
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
             refused, 1 is no longer reconciled, 1 cannot be compared"
        );
    }
}
