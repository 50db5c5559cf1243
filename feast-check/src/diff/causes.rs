//! Why two operators make something else of one FeatureStore.

use std::fmt;

use feast_api::Release;
use feast_api::v1::FeatureStore;
use feast_lint::told;
use feast_render::{Change, Correction, Error, OperatorSettings, Rendered, places};
use serde::{Serialize, Serializer};

use super::Made;
use super::fields::{self, FieldChange};

/// Something that one operator does and the other does not, and that makes a difference to the
/// FeatureStore: without it, what is rendered is something else.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cause {
    /// What it is.
    #[serde(flatten)]
    pub difference: Difference,
    /// Whether the new operator does it; otherwise the old one did.
    pub is_new: bool,
    /// The fields of the spec whose defaults it moves.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defaults: Vec<FieldChange>,
}

/// In what operators differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Difference {
    /// A change that came with a release.
    Change(Change),
    /// A correction that is on.
    Correction(Correction),
    /// A field of the FeatureStore that is known since a release, without the leading `spec.`.
    Field(&'static str, Release),
}

impl Difference {
    /// Its name: that of the change or correction, or the path of the field.
    pub fn name(self) -> String {
        match self {
            Self::Change(change) => change.name().to_owned(),
            Self::Correction(correction) => correction.name().to_owned(),
            Self::Field(path, _) => format!("spec.{path}"),
        }
    }

    /// The release that it came with, if it came with one.
    pub fn since(self) -> Option<Release> {
        match self {
            Self::Change(change) => Some(change.since()),
            Self::Correction(_) => None,
            Self::Field(_, release) => Some(release),
        }
    }

    /// What it does, in a sentence or two of Markdown; nothing for a field.
    pub fn summary(self) -> Option<String> {
        match self {
            Self::Change(change) => Some(change.summary().to_owned()),
            // What follows says what the reference does.
            Self::Correction(correction) => {
                let summary = correction.summary();
                let end = summary.find(".\n").or_else(|| summary.find(". "));
                let first = &summary[..end.map_or(summary.len(), |end| end + 1)];
                Some(first.replace('\n', ""))
            }
            Self::Field(..) => None,
        }
    }

    /// The settings of an operator that has it, as if it had not; none for a field.
    fn lacking(self, settings: &OperatorSettings) -> Option<OperatorSettings> {
        let settings = settings.clone();
        match self {
            Self::Change(change) => Some(OperatorSettings {
                release: settings.release.without(change),
                ..settings
            }),
            Self::Correction(correction) => Some(OperatorSettings {
                corrections: settings.corrections.without(correction),
                ..settings
            }),
            Self::Field(..) => None,
        }
    }

    /// Whether a FeatureStore has the field that it is.
    fn is_used(self, store: &FeatureStore) -> bool {
        let Self::Field(path, _) = self else {
            return false;
        };
        let spec = serde_json::to_value(&store.spec);
        places(&spec.unwrap_or_default(), path).next().is_some()
    }
}

impl Cause {
    /// Its name, such as `CronJobAccount`, or `no longer CronJobAccount`.
    pub fn name(&self) -> String {
        told(self.is_new, &self.difference.name())
    }
}

/// As Markdown, such as `CronJobAccount (since 0.66.0): The CronJob has a ServiceAccount of its own.`
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.difference.since();
        let since = since.map_or_else(String::new, |release| format!(" (since {release})"));
        if let Some(summary) = self.difference.summary() {
            return write!(f, "{}{since}: {summary}", self.name());
        }
        let name = self.difference.name();
        write!(f, "`{name}`{since} {}", told(self.is_new, "has an effect"))
    }
}

impl Serialize for Difference {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Shown {
            kind: &'static str,
            name: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            since: Option<&'static str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            pull_request: Option<u32>,
            #[serde(skip_serializing_if = "Option::is_none")]
            summary: Option<String>,
        }
        let (kind, pull_request) = match self {
            Self::Change(change) => ("change", change.pull_request()),
            Self::Correction(_) => ("correction", None),
            Self::Field(..) => ("field", None),
        };
        let shown = Shown {
            kind,
            name: self.name(),
            since: self.since().map(Release::name),
            pull_request,
            summary: self.summary(),
        };
        shown.serialize(serializer)
    }
}

/// The causes, of which those that move defaults come first; `became` is what the new operator renders
/// then.
pub(super) fn of(
    before: &Made<'_>,
    after: &Made<'_>,
    became: &Result<Rendered, Error>,
) -> Vec<Cause> {
    let (old, new) = (before.side.settings, after.side.settings);
    let is_refused = before.refusal().is_some() || after.refusal().is_some();
    // What the new operator does it does to what there is then, and the old one to what there was.
    let render = |is_new: bool, settings: &OperatorSettings| {
        let store = if is_new { after } else { before };
        before.becoming(store, settings).ok()
    };
    let remained = render(false, old);
    let mut causes = Vec::new();
    for (difference, is_new) in differences(old, new) {
        let (has, with) = if is_new {
            (new, Some(became))
        } else {
            (old, remained.as_ref())
        };
        let defaults = match difference.lacking(has) {
            None => difference.is_used(&after.store).then(Vec::new),
            Some(lacking) => match (with, render(is_new, &lacking)) {
                (Some(with), Some(without)) if *with == without => None,
                // Of one that is refused, what lifts the refusal says why; all else is new, or stays.
                (Some(Ok(_)), Some(Ok(_))) if is_refused => None,
                (Some(Ok(with)), Some(Ok(without))) if is_new => Some(defaults(&without, with)),
                (Some(Ok(with)), Some(Ok(without))) => Some(defaults(with, &without)),
                // It is why one of them is refused, or for what.
                _ => Some(vec![]),
            },
        };
        causes.extend(defaults.map(|defaults| Cause {
            difference,
            is_new,
            defaults,
        }));
    }
    causes.sort_by_key(|cause| cause.defaults.is_empty());
    causes
}

/// What one operator does and the other does not, with whether it is the new one that does.
fn differences(
    old: &OperatorSettings,
    new: &OperatorSettings,
) -> impl Iterator<Item = (Difference, bool)> {
    let (from, to) = (old.release, new.release);
    let changes = Change::ALL.iter().copied();
    let changes = changes.filter(move |change| from.has(*change) != to.has(*change));
    let changes = changes.map(move |change| (Difference::Change(change), to.has(change)));
    let (off, on) = (old.corrections, new.corrections);
    let all = Correction::ALL.iter().copied();
    let corrections =
        all.filter(move |correction| off.contains(*correction) != on.contains(*correction));
    let corrections = corrections
        .map(move |correction| (Difference::Correction(correction), on.contains(correction)));
    let (lower, upper) = (from.min(to).release(), from.max(to).release());
    let between = Release::ALL.iter().copied();
    let between = between.filter(move |release| lower < *release && *release <= upper);
    let fields = between.flat_map(move |release| {
        let fields = release.new_fields();
        fields.map(move |path| (Difference::Field(path, release), from < to))
    });
    changes.chain(corrections).chain(fields)
}

/// The defaults in which two renderings of one FeatureStore differ.
fn defaults(old: &Rendered, new: &Rendered) -> Vec<FieldChange> {
    let applied =
        |rendered: &Rendered| serde_json::to_value(rendered.applied()).unwrap_or_default();
    fields::without_secrets(false, fields::compare(&applied(old), &applied(new)))
}
