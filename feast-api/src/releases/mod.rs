//! Releases of Feast's operator, and their changes to the CRD.
//!
//! ```
//! use feast_api::{CrdChange, Release};
//!
//! let release: Release = "v0.65".parse()?;
//! assert_eq!(release.date(), "2026-07-20");
//! assert!(release.changes().any(|change| *change == CrdChange::Field("spec.openlineage.consumer")));
//! # Ok::<(), feast_api::UnknownRelease>(())
//! ```

use core::fmt;
use core::str::FromStr;
use std::sync::LazyLock;

use crate::Version;

mod brought;
mod change;
#[cfg(feature = "releases")]
mod undo;

pub use change::CrdChange;

macro_rules! releases {
    ($( $(#[doc = $doc:literal])+ $release:ident = $name:literal on $date:literal; )+) => {
        /// A release of Feast's operator, ordered by age.
        ///
        /// The oldest is the first with this CRD.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Release {
            $( $(#[doc = $doc])+ $release, )+
        }

        impl Release {
            /// All known releases, oldest first.
            pub const ALL: &'static [Self] = &[$(Self::$release),+];

            /// The release's name, such as `0.66.0`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$release => $name,)+ }
            }

            /// The date of its commit, such as `2026-08-21`.
            pub const fn date(self) -> &'static str {
                match self { $(Self::$release => $date,)+ }
            }
        }
    };
}

releases! {
    /// 0.42.0.
    V0_42 = "0.42.0" on "2024-12-05";
    /// 0.43.0.
    V0_43 = "0.43.0" on "2025-01-20";
    /// 0.44.0.
    V0_44 = "0.44.0" on "2025-02-04";
    /// 0.45.0.
    V0_45 = "0.45.0" on "2025-02-04";
    /// 0.46.0.
    V0_46 = "0.46.0" on "2025-02-17";
    /// 0.47.0.
    V0_47 = "0.47.0" on "2025-03-10";
    /// 0.48.0.
    V0_48 = "0.48.0" on "2025-04-07";
    /// 0.48.1.
    V0_48_1 = "0.48.1" on "2025-04-08";
    /// 0.49.0.
    V0_49 = "0.49.0" on "2025-04-29";
    /// 0.50.0.
    V0_50 = "0.50.0" on "2025-07-01";
    /// 0.51.0.
    V0_51 = "0.51.0" on "2025-07-21";
    /// 0.52.0.
    V0_52 = "0.52.0" on "2025-08-14";
    /// 0.53.0.
    V0_53 = "0.53.0" on "2025-08-30";
    /// 0.54.0.
    V0_54 = "0.54.0" on "2025-09-30";
    /// 0.54.1, released after 0.55.0.
    V0_54_1 = "0.54.1" on "2025-12-04";
    /// 0.55.0.
    V0_55 = "0.55.0" on "2025-10-14";
    /// 0.56.0.
    V0_56 = "0.56.0" on "2025-10-27";
    /// 0.57.0.
    V0_57 = "0.57.0" on "2025-11-13";
    /// 0.58.0, the first with `feast.dev/v1`.
    V0_58 = "0.58.0" on "2025-12-16";
    /// 0.59.0.
    V0_59 = "0.59.0" on "2026-01-16";
    /// 0.60.0.
    V0_60 = "0.60.0" on "2026-02-17";
    /// 0.61.0, the first with horizontal scaling.
    V0_61 = "0.61.0" on "2026-03-11";
    /// 0.62.0.
    V0_62 = "0.62.0" on "2026-04-08";
    /// 0.63.0.
    V0_63 = "0.63.0" on "2026-05-04";
    /// 0.64.0.
    V0_64 = "0.64.0" on "2026-06-13";
    /// 0.65.0.
    V0_65 = "0.65.0" on "2026-07-20";
    /// 0.66.0.
    V0_66 = "0.66.0" on "2026-08-21";
    /// The commit after the newest tag. This crate's types and CRD match it.
    Main = "main" on "2026-08-21";
}

impl Release {
    /// The newest tagged release.
    pub const NEWEST: Self = Self::ALL[Self::ALL.len() - 2];

    /// The API versions that its CRD serves, the stored one last.
    pub fn versions(self) -> &'static [Version] {
        if self < Self::V0_58 {
            return &[Version::V1Alpha1];
        }
        &Version::ALL
    }

    /// Its CRD changes, to all versions and to `v1` only. The first release has none.
    pub fn changes(self) -> impl Iterator<Item = &'static CrdChange> {
        let brought = brought::by(self);
        brought.all.iter().chain(brought.v1)
    }

    /// Its changes to a version of the CRD.
    pub fn changes_of(self, version: Version) -> impl Iterator<Item = &'static CrdChange> {
        let brought = brought::by(self);
        let v1: &[_] = match version {
            Version::V1 => brought.v1,
            Version::V1Alpha1 => &[],
        };
        brought.all.iter().chain(v1)
    }

    /// The fields of `spec` that it added, without the leading `spec.`; of nested fields only the
    /// outermost. `[]` stands for list elements.
    ///
    /// ```
    /// use feast_api::Release;
    ///
    /// let fields: Vec<_> = Release::Main.new_fields().collect();
    /// assert_eq!(fields, ["services.nodeSelector", "services.tolerations"]);
    /// ```
    pub fn new_fields(self) -> impl Iterator<Item = &'static str> {
        self.changes().filter_map(|change| match change {
            CrdChange::Field(path) => path.strip_prefix("spec."),
            _ => None,
        })
    }

    /// The release that added a field; `None` if the first release has it.
    ///
    /// ```
    /// use feast_api::Release;
    ///
    /// assert_eq!(Release::of_field("spec.services.volumes[0].image"), Some(Release::V0_63));
    /// assert_eq!(Release::of_field("spec.feastProject"), None);
    /// ```
    pub fn of_field(path: &str) -> Option<Self> {
        let mut fields = changes().filter(|(_, change)| {
            // Comparing paths takes longer.
            matches!(change, CrdChange::Field(_)) && change.concerns(path)
        });
        fields.next_back().map(|(release, _)| release)
    }

    /// The release that added a value to the enumeration at a path; `None` if the enumeration
    /// always had it.
    ///
    /// ```
    /// use feast_api::Release;
    ///
    /// let path = "spec.services.offlineStore.persistence.store.type";
    /// assert_eq!(Release::of_value(path, "hybrid"), Some(Release::V0_66));
    /// assert_eq!(Release::of_value(path, "spark"), None);
    /// ```
    pub fn of_value(path: &str, value: &str) -> Option<Self> {
        // Few of all changes are about values.
        static OF_VALUES: LazyLock<Vec<(Release, &CrdChange)>> = LazyLock::new(|| {
            let is_of_values = |change: &CrdChange| matches!(change, CrdChange::Values { .. });
            changes()
                .filter(|(_, change)| is_of_values(change))
                .collect()
        });
        let gains = |change: &CrdChange| match change {
            CrdChange::Values { gained, .. } => gained.contains(&value),
            _ => false,
        };
        let mut newest_first = OF_VALUES.iter().rev();
        let found = newest_first.find(|(_, change)| gains(change) && change.concerns(path))?;
        Some(found.0)
    }

    /// Whether its CRD has a field.
    ///
    /// ```
    /// use feast_api::Release;
    ///
    /// assert!(Release::V0_66.has_field("spec.mlflow.enabled"));
    /// assert!(!Release::V0_65.has_field("spec.mlflow.enabled"));
    /// ```
    pub fn has_field(self, path: &str) -> bool {
        Self::of_field(path).is_none_or(|first| first <= self)
    }

    /// The Feast release of the default server image and of `status.feastVersion`. For commits
    /// between tags it is the last tag.
    pub const fn feast_version(self) -> &'static str {
        match self {
            Self::Main => Self::NEWEST.name(),
            tagged => tagged.name(),
        }
    }
}

/// The changes of a field or its parents, oldest first.
///
/// The path starts with `spec` or `status`; `[0]` or `[]` for list elements is optional.
///
/// ```
/// use feast_api::{CrdChange, Release, history};
///
/// let mut changes = history("spec.services.onlineStore.image");
/// let (release, change) = changes.next().unwrap();
/// assert_eq!(release, Release::V0_46);
/// assert_eq!(
///     change.to_string(),
///     "`spec.services.onlineStore.image` is now `spec.services.onlineStore.server.image`"
/// );
/// ```
pub fn history(path: &str) -> impl DoubleEndedIterator<Item = (Release, &'static CrdChange)> {
    changes().filter(move |(_, change)| change.concerns(path))
}

/// The changes of all releases, oldest first.
fn changes() -> impl DoubleEndedIterator<Item = (Release, &'static CrdChange)> {
    Release::ALL.iter().flat_map(|release| {
        let brought = brought::by(*release);
        let changes = brought.all.iter().chain(brought.v1);
        changes.map(|change| (*release, change))
    })
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text is not a known release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownRelease {
    text: String,
}

impl fmt::Display for UnknownRelease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { text } = self;
        let (first, newest) = (Release::ALL[0], Release::NEWEST);
        write!(
            f,
            "unknown release {text:?} of Feast's operator: use {first} to {newest}, or main"
        )
    }
}

impl core::error::Error for UnknownRelease {}

/// Parses `0.66.0`, `v0.66.0` or `0.66`.
///
/// ```
/// use feast_api::Release;
///
/// assert_eq!("v0.63".parse(), Ok(Release::V0_63));
/// assert!("0.41.0".parse::<Release>().is_err());
/// ```
impl FromStr for Release {
    type Err = UnknownRelease;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wanted = text.strip_prefix('v').unwrap_or(text);
        let is_meant = |release: &Self| {
            let name = release.name();
            wanted == name || name.strip_suffix(".0") == Some(wanted)
        };
        let found = Self::ALL.iter().copied().find(is_meant);
        found.ok_or_else(|| UnknownRelease {
            text: text.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_release_is_found_by_its_name() {
        for release in Release::ALL {
            assert_eq!(release.name().parse(), Ok(*release));
            assert_eq!(format!("v{release}").parse(), Ok(*release));
        }
        let unknown = "0.41"
            .parse::<Release>()
            .expect_err("Feast had no operator then");
        let (first, newest) = (Release::ALL[0], Release::NEWEST);
        assert_eq!(
            unknown.to_string(),
            format!(
                "unknown release \"0.41\" of Feast's operator: use {first} to {newest}, or main"
            )
        );
    }

    #[test]
    fn releases_are_in_their_order() {
        assert!(Release::ALL.is_sorted());
        let numbers = |release: &Release| {
            let numbers = release.name().split('.').map(str::parse);
            numbers.collect::<Result<Vec<u32>, _>>().ok()
        };
        let tagged: Vec<_> = Release::ALL.iter().filter_map(numbers).collect();
        assert!(tagged.is_sorted());
        assert_eq!(tagged.len(), Release::ALL.len() - 1);
    }
}
