//! The releases whose operator can be rendered.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use feast_api::{Release, UnknownRelease};

use crate::changes::Change;

/// A release of Feast whose operator can be rendered: 0.61.0, the first with horizontal scaling,
/// and later.
///
/// ```
/// use feast_render::{Change, OperatorRelease};
///
/// let release: OperatorRelease = "0.65".parse()?;
/// assert!(!release.has(Change::KubernetesAuthorizationByDefault));
/// assert!(OperatorRelease::NEWEST.has(Change::KubernetesAuthorizationByDefault));
/// assert!("0.60".parse::<OperatorRelease>().is_err());
/// # Ok::<(), feast_render::BadRelease>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OperatorRelease {
    release: Release,
    /// A change that is excluded.
    without: Option<Change>,
}

impl OperatorRelease {
    /// The oldest.
    pub const FIRST: Self = Self::whole(Release::V0_61);
    /// The newest tagged release.
    pub const NEWEST: Self = Self::whole(Release::NEWEST);
    /// The commit after the newest tag.
    pub const MAIN: Self = Self::whole(Release::Main);

    const fn whole(release: Release) -> Self {
        Self {
            release,
            without: None,
        }
    }

    /// All releases, oldest first.
    pub fn all() -> impl DoubleEndedIterator<Item = Self> {
        let releases = Release::ALL.iter().copied();
        releases.filter_map(|release| release.try_into().ok())
    }

    /// The release.
    pub const fn release(self) -> Release {
        self.release
    }

    /// Whether the release includes a change.
    pub fn has(self, change: Change) -> bool {
        self.release >= change.since() && self.without != Some(change)
    }

    /// Whether the release has a separate lineage server.
    pub(crate) fn has_lineage_server(self) -> bool {
        // Looked up once: the paths of all changes are compared.
        static FIRST: LazyLock<Option<Release>> =
            LazyLock::new(|| Release::of_field("spec.openlineage.consumer.lineageServer"));
        FIRST.is_none_or(|first| first <= self.release)
    }

    /// Whether the release's CRD has a value of an enumeration.
    pub(crate) fn has_value(self, path: &str, value: &str) -> bool {
        Release::of_value(path, value).is_none_or(|first| first <= self.release)
    }

    /// The release without one of its changes. If the rendering differs, the change affects it.
    ///
    /// ```
    /// use feast_render::{Change, OperatorRelease};
    ///
    /// let release = OperatorRelease::NEWEST.without(Change::CronJobAccount);
    /// assert!(!release.has(Change::CronJobAccount));
    /// assert!(release.has(Change::OidcClaims));
    /// ```
    #[must_use]
    pub const fn without(self, change: Change) -> Self {
        Self {
            without: Some(change),
            ..self
        }
    }

    /// The default image of the servers.
    pub(crate) fn feature_server_image(self) -> String {
        format!(
            "quay.io/feastdev/feature-server:{}",
            self.release.feast_version()
        )
    }
}

impl fmt::Display for OperatorRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.release.fmt(f)
    }
}

/// Why a release cannot be rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadRelease {
    /// The text is not a release.
    #[error(transparent)]
    Unknown(#[from] UnknownRelease),
    /// The release is too old.
    #[error(
        "release {0} cannot be rendered: use {first} or later",
        first = OperatorRelease::FIRST
    )]
    TooOld(Release),
}

impl TryFrom<Release> for OperatorRelease {
    type Error = BadRelease;

    fn try_from(release: Release) -> Result<Self, BadRelease> {
        let is_rendered = release >= Self::FIRST.release;
        is_rendered
            .then_some(Self::whole(release))
            .ok_or(BadRelease::TooOld(release))
    }
}

/// Parses `0.66.0`, `v0.66.0` or `0.66`.
impl FromStr for OperatorRelease {
    type Err = BadRelease;

    fn from_str(text: &str) -> Result<Self, BadRelease> {
        Self::try_from(text.parse::<Release>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_since_the_first_is_rendered() {
        assert_eq!(OperatorRelease::all().next(), Some(OperatorRelease::FIRST));
        assert_eq!(
            OperatorRelease::all().next_back(),
            Some(OperatorRelease::MAIN)
        );
        let older = "0.60"
            .parse::<OperatorRelease>()
            .expect_err("scaling came later");
        assert_eq!(
            older.to_string(),
            "release 0.60.0 cannot be rendered: use 0.61.0 or later"
        );
    }
}
