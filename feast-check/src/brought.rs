//! What each release of Feast brought, for people who ask.

use feast_api::{Release, Version};
use feast_render::{Change, OperatorRelease};
use serde::Serialize;

/// What a release of Feast brought to FeatureStores.
///
/// ```
/// use feast_api::Release;
/// use feast_check::brought::Brought;
///
/// let brought = Brought::by(Release::V0_66);
/// assert_eq!(brought.versions, ["v1alpha1", "v1"]);
/// assert!(brought.operator.iter().any(|change| change.name == "CronJobAccount"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Brought {
    /// The release, such as `0.66.0`.
    pub release: &'static str,
    /// The day on which it was published.
    pub date: &'static str,
    /// The versions of the API that it serves.
    pub versions: Vec<&'static str>,
    /// Whether what its operator makes is known.
    pub is_rendered: bool,
    /// What changed in the CustomResourceDefinition.
    pub crd: Vec<String>,
    /// What the operator makes otherwise.
    pub operator: Vec<Operator>,
}

/// A change of what the operator makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Operator {
    /// Its name.
    pub name: &'static str,
    /// What is otherwise.
    pub summary: String,
    /// The pull request of Feast that made it, if it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u32>,
}

impl Brought {
    /// What a release brought.
    pub fn by(release: Release) -> Self {
        let versions = release.versions().iter().copied();
        let changes = Change::ALL
            .iter()
            .filter(|change| change.since() == release);
        Self {
            release: release.name(),
            date: release.date(),
            versions: versions.map(Version::as_str).collect(),
            is_rendered: OperatorRelease::try_from(release).is_ok(),
            crd: release
                .changes()
                .map(|change| plain(&change.to_string()))
                .collect(),
            operator: changes.map(|change| Operator::of(*change)).collect(),
        }
    }

    /// What all releases brought, the newest first.
    pub fn all() -> impl Iterator<Item = Self> {
        Release::ALL.iter().rev().copied().map(Self::by)
    }
}

impl Operator {
    fn of(change: Change) -> Self {
        Self {
            name: change.name(),
            summary: plain(change.summary()),
            pull_request: change.pull_request(),
        }
    }
}

/// Without Markdown's marks of code.
fn plain(text: &str) -> String {
    text.replace('`', "")
}
