//! Changes of each Feast release, for people.

use feast_api::{Release, Version};
use feast_render::{Change, OperatorRelease};
use serde::Serialize;

/// The changes of a Feast release.
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
    /// The date of its release.
    pub date: &'static str,
    /// The API versions that it serves.
    pub versions: Vec<&'static str>,
    /// Whether its operator can be rendered.
    pub is_rendered: bool,
    /// Changes in the CustomResourceDefinition.
    pub crd: Vec<String>,
    /// Changes of the operator.
    pub operator: Vec<Operator>,
}

/// A change of the operator.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Operator {
    /// Its name.
    pub name: &'static str,
    /// What changes.
    pub summary: String,
    /// Feast's pull request with the change, if known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pull_request: Option<u32>,
}

impl Brought {
    /// The changes of a release.
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

    /// The changes of all releases, newest first.
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

/// Removes Markdown's backticks.
fn plain(text: &str) -> String {
    text.replace('`', "")
}
