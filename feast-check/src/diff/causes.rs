//! Why two operators render a FeatureStore differently.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::{Admitted, CrdChange, Release};
use feast_lint::told;
use feast_render::{Change, Correction, Error, OperatorSettings, Rendered, places, without_fields};
use serde::{Serialize, Serializer};

use super::Made;
use super::fields::{self, FieldChange};

/// A difference between the operators that affects the FeatureStore: without it, other objects
/// would be created or deleted, or existing ones would differ.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Cause {
    /// The difference.
    #[serde(flatten)]
    pub difference: Difference,
    /// Whether the new operator has it, or else the old one.
    pub is_new: bool,
    /// The fields of the spec whose defaults it changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub defaults: Vec<FieldChange>,
}

/// A kind of difference between operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Difference {
    /// A change in a release.
    Change(Change),
    /// A correction that is enabled.
    Correction(Correction),
    /// A field of the FeatureStore that a release added, without the leading `spec.`.
    Field(&'static str, Release),
    /// A field that a release sets by default, without the leading `spec.`.
    Default(&'static str, Release),
}

impl Difference {
    /// The name of the change or correction, or the path of the field.
    pub fn name(self) -> String {
        match self {
            Self::Change(change) => change.name().to_owned(),
            Self::Correction(correction) => correction.name().to_owned(),
            Self::Field(path, _) | Self::Default(path, _) => format!("spec.{path}"),
        }
    }

    /// The release that added it, if any.
    pub fn since(self) -> Option<Release> {
        match self {
            Self::Change(change) => Some(change.since()),
            Self::Correction(_) => None,
            Self::Field(_, release) | Self::Default(_, release) => Some(release),
        }
    }

    /// What it does, in a sentence or two of Markdown; `None` for a field.
    pub fn summary(self) -> Option<String> {
        match self {
            Self::Change(change) => Some(change.summary().to_owned()),
            // For a removed correction, the summary describes the reference.
            Self::Correction(correction) => {
                let summary = correction.summary();
                let end = summary.find(".\n").or_else(|| summary.find(". "));
                let first = &summary[..end.map_or(summary.len(), |end| end + 1)];
                Some(first.replace('\n', ""))
            }
            Self::Field(..) | Self::Default(..) => None,
        }
    }

    /// The settings of an operator with it, but without this difference.
    fn lacking(self, settings: &OperatorSettings) -> OperatorSettings {
        let settings = settings.clone();
        match self {
            Self::Change(change) => OperatorSettings {
                release: settings.release.without(change),
                ..settings
            },
            Self::Correction(correction) => OperatorSettings {
                corrections: settings.corrections.without(correction),
                ..settings
            },
            Self::Field(..) | Self::Default(..) => settings,
        }
    }

    /// The path of the field.
    const fn field(self) -> Option<&'static str> {
        match self {
            Self::Field(path, _) => Some(path),
            _ => None,
        }
    }

    /// The FeatureStore without the field.
    fn removed(self, store: &Admitted) -> Admitted {
        match self {
            Self::Field(path, _) => without_fields(store.clone(), [path]),
            _ => store.clone(),
        }
    }
}

impl Cause {
    /// Its name, such as `CronJobAccount`, or `no longer CronJobAccount`.
    pub fn name(&self) -> String {
        told(self.is_new, &self.difference.name())
    }
}

/// Markdown, such as `CronJobAccount (since 0.66.0): The CronJob has its own ServiceAccount.`
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.difference.since();
        let since = since.map_or_else(String::new, |release| format!(" (since {release})"));
        if let Some(summary) = self.difference.summary() {
            return write!(f, "{}{since}: {summary}", self.name());
        }
        let name = self.difference.name();
        let what = match self.difference {
            Difference::Default(..) => "has a default",
            _ => "has an effect",
        };
        write!(f, "`{name}`{since} {}", told(self.is_new, what))
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
            Self::Default(..) => ("default", None),
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

/// The causes, those that change defaults first; `became` is the new operator's rendering.
pub(super) fn of(
    before: &Made<'_>,
    after: &Made<'_>,
    became: &Result<Rendered, Error>,
) -> Vec<Cause> {
    let (old, new) = (before.side.settings, after.side.settings);
    let is_refused = before.refusal().is_some() || after.refusal().is_some();
    // The new operator renders with the old objects existing, and the old operator without.
    let render = |is_new: bool, difference: Option<Difference>| {
        let (store, settings) = if is_new { (after, new) } else { (before, old) };
        let lacking = difference.map(|difference| difference.lacking(settings));
        let removed = difference.map_or_else(
            || store.store.clone(),
            |difference| difference.removed(&store.store),
        );
        let settings = lacking.as_ref().unwrap_or(settings);
        before.becoming(store, removed, settings).ok()
    };
    let remained = render(false, None);
    let defaults_of = |difference: Difference, is_new: bool| match difference {
        Difference::Default(path, _) => filled(path, before, after),
        // A dropped field is reported by the API server's answers.
        Difference::Field(path, _) if !(is_new && has(after, path)) => None,
        _ => {
            let (with, there) = if is_new {
                (became, before)
            } else {
                (remained.as_ref()?, after)
            };
            let without = render(is_new, Some(difference))?;
            match (with, &without) {
                (with, without) if with == without => None,
                (Ok(with), Ok(without)) if !matters(difference, [with, without], there) => None,
                // If one side is rejected, only a difference that lifts the rejection is a cause;
                // the rest is new or unchanged.
                (Ok(_), Ok(_)) if is_refused => None,
                (Ok(with), Ok(without)) if is_new => Some(defaults(without, with)),
                (Ok(with), Ok(without)) => Some(defaults(with, without)),
                // The difference determines whether or why a side is rejected.
                _ => Some(vec![]),
            }
        }
    };
    let causes = differences(old, new).filter_map(|(difference, is_new)| {
        let mut defaults = defaults_of(difference, is_new)?;
        if let Difference::Field(path, _) = difference {
            // The field's own value is not a default.
            defaults.retain(|default| !default.path.starts_with(path));
        }
        Some(Cause {
            difference,
            is_new,
            defaults,
        })
    });
    let mut causes: Vec<_> = causes.collect();
    let fields: Vec<_> = causes
        .iter()
        .filter_map(|cause| cause.difference.field())
        .collect();
    // Fields inside an added field are added with it.
    causes.retain(|cause| {
        let inner = cause.difference.field();
        let is_within = |outer: &&str| {
            let rest = inner.and_then(|inner| inner.strip_prefix(outer));
            rest.is_some_and(|rest| rest.starts_with('.'))
        };
        !fields.iter().any(is_within)
    });
    causes.sort_by_key(|cause| cause.defaults.is_empty());
    causes
}

/// Whether renderings differ beyond the content of objects that are created or deleted anyway.
fn matters(difference: Difference, both: [&Rendered; 2], there: &Made<'_>) -> bool {
    let [with, without] = both;
    let objects = both.map(|rendered| {
        let objects = rendered.plan.apply().map(|object| {
            let reference = object.reference();
            let is_there = there.objects.contains_key(&reference);
            (reference, is_there.then(|| object.to_value()))
        });
        objects.collect::<BTreeMap<_, _>>()
    });
    let [one, other] = both.map(|rendered| {
        let plan = &rendered.plan;
        (
            &plan.deletions,
            &plan.patches,
            &rendered.documents,
            &rendered.metric,
        )
    });
    let reports = with.status != without.status && !matches!(difference, Difference::Field(..));
    reports || one != other || objects[0] != objects[1]
}

/// Whether a FeatureStore has a field.
fn has(side: &Made<'_>, path: &'static str) -> bool {
    let spec = serde_json::to_value(&side.store.spec).unwrap_or_default();
    places(&spec, path).next().is_some()
}

/// The default at a path that only the API server of one side sets.
fn filled(path: &str, before: &Made<'_>, after: &Made<'_>) -> Option<Vec<FieldChange>> {
    let [old, new] =
        [before, after].map(|side| serde_json::to_value(&side.store.spec).unwrap_or_default());
    let path = path.replace("[]", "");
    let mut filled = fields::compare(&old, &new);
    filled.retain(|change| fields::without_items(&change.path) == path);
    (!filled.is_empty()).then_some(filled)
}

/// Differences between the operators, each with whether the new one has it.
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
        let fields = fields.map(move |path| Difference::Field(path, release));
        let defaults = release.changes().filter_map(move |change| match change {
            CrdChange::Default(path) => {
                Some(Difference::Default(path.strip_prefix("spec.")?, release))
            }
            _ => None,
        });
        fields
            .chain(defaults)
            .map(move |difference| (difference, from < to))
    });
    changes.chain(corrections).chain(fields)
}

/// The defaults in which two renderings of a FeatureStore differ.
fn defaults(old: &Rendered, new: &Rendered) -> Vec<FieldChange> {
    let applied =
        |rendered: &Rendered| serde_json::to_value(rendered.applied()).unwrap_or_default();
    fields::without_secrets(false, fields::compare(&applied(old), &applied(new)))
}

#[cfg(test)]
mod tests {
    use feast_render::{Answer, Wanted};
    use serde_json::{Value, json};

    use crate::diff::{Side, diff};

    use super::*;

    /// Why two operators render specs differently, each as its API server stores it.
    fn causes(from: (&str, Value), to: (&str, Value)) -> Vec<String> {
        let sides = [from, to].map(|(release, services)| {
            let store = serde_json::from_value(json!({
                "apiVersion": "feast.dev/v1", "kind": "FeatureStore",
                "metadata": {"name": "shop", "namespace": "ml"},
                "spec": {"feastProject": "shop", "authz": {"kubernetes": {}}, "services": services},
            }));
            let store = Admitted::assume(store.expect("a FeatureStore")).expect("a place");
            let settings = OperatorSettings {
                release: release.parse().expect("a release"),
                ..OperatorSettings::reference()
            };
            (store, settings)
        });
        let [before, after] = sides.each_ref().map(|(store, settings)| {
            Some(Side {
                store,
                settings,
                lookup: &|_: &Wanted| Answer::Absent,
            })
        });
        let diff = diff(before, after).expect("right answers");
        let told = diff.causes.into_iter();
        let told = told.filter(|cause| !matches!(cause.difference, Difference::Change(_)));
        let told = told.map(|cause| {
            let paths = cause.defaults.iter().map(|default| default.path.clone());
            let paths: Vec<_> = paths.collect();
            format!("{cause}: {}", paths.join(", "))
        });
        told.collect()
    }

    #[test]
    fn fields_are_causes_if_they_have_an_effect() {
        let volumes = |disk: Value| json!({"volumes": [{"name": "az", "azureDisk": disk}]});
        let before = json!({"diskName": "d", "diskURI": "u"});
        let after = json!({"diskName": "d", "diskURI": "u", "fsType": "ext4"});
        assert_eq!(
            causes(("0.62", volumes(before)), ("0.63", volumes(after))),
            [
                "`spec.services.volumes[].azureDisk.fsType` (since 0.63.0) has a default: \
                 services.volumes[az].azureDisk.fsType"
            ]
        );
        let store = |online: Value| json!({"offlineStore": {"server": {}}, "onlineStore": online});
        for (online, expected) in [
            (json!({"disabled": false}), vec![]),
            (
                json!({"disabled": true}),
                vec![
                    "`spec.services.onlineStore.disabled` (since 0.66.0) has an effect: \
                     services.onlineStore.persistence, services.onlineStore.server",
                ],
            ),
        ] {
            let [before, after] = [json!({}), online].map(store);
            assert_eq!(causes(("0.65", before), ("0.66", after)), expected);
        }
    }
}
