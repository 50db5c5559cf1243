//! Releases of Kubernetes.

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "serde")]
use serde::{Deserialize, Serialize};

/// A supported release of Kubernetes. With `serde` it is serialized as text.
///
/// ```
/// use apimachinery::Release;
///
/// let release: Release = "v1.33.4".parse()?;
/// assert_eq!(release, Release::V1_33);
/// assert!(release < Release::LATEST);
/// # Ok::<(), apimachinery::UnknownRelease>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(Serialize, Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "String", into = "String"))]
#[non_exhaustive]
pub enum Release {
    /// Kubernetes 1.31.
    V1_31,
    /// Kubernetes 1.32.
    V1_32,
    /// Kubernetes 1.33.
    V1_33,
    /// Kubernetes 1.34.
    V1_34,
    /// Kubernetes 1.35.
    V1_35,
}

impl Release {
    /// All of them, from the oldest.
    pub const ALL: &'static [Self] = &[
        Self::V1_31,
        Self::V1_32,
        Self::V1_33,
        Self::V1_34,
        Self::V1_35,
    ];
    /// The newest.
    pub const LATEST: Self = Self::V1_35;

    /// The minor version: 35 for 1.35.
    pub const fn minor(self) -> u32 {
        match self {
            Self::V1_31 => 31,
            Self::V1_32 => 32,
            Self::V1_33 => 33,
            Self::V1_34 => 34,
            Self::V1_35 => 35,
        }
    }
}

/// The newest.
impl Default for Release {
    fn default() -> Self {
        Self::LATEST
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "1.{}", self.minor())
    }
}

/// The text does not name a supported release.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no release of Kubernetes from 1.31 to 1.35; write it as 1.35")]
pub struct UnknownRelease(String);

impl TryFrom<String> for Release {
    type Error = UnknownRelease;

    fn try_from(text: String) -> Result<Self, UnknownRelease> {
        text.parse()
    }
}

impl From<Release> for String {
    fn from(release: Release) -> Self {
        release.to_string()
    }
}

/// Of `v1.33.4+k3s1`, the first two numbers matter.
impl FromStr for Release {
    type Err = UnknownRelease;

    fn from_str(text: &str) -> Result<Self, UnknownRelease> {
        let number = text.strip_prefix('v').unwrap_or(text);
        let mut parts = number.split(['.', '+', '-']);
        let wanted = (parts.next(), parts.next());
        let is_wanted = |release: &&Self| {
            let name = release.to_string();
            name.split_once('.') == wanted.0.zip(wanted.1)
        };
        let found = Self::ALL.iter().find(is_wanted).copied();
        found.ok_or_else(|| UnknownRelease(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn releases_are_read() {
        for release in Release::ALL {
            assert_eq!(release.to_string().parse(), Ok(*release));
        }
        assert_eq!("v1.34.0+k3s1".parse(), Ok(Release::V1_34));
        assert_eq!("1.35-alpha".parse(), Ok(Release::V1_35));
        for text in ["", "1", "1.3", "1.30", "2.35", "1.350", "v"] {
            assert!(text.parse::<Release>().is_err(), "{text}");
        }
    }
}
