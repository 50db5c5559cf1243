//! Releases of Kubernetes, and what they switch on.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A release of Kubernetes whose validation is known. Serialises as its text.
///
/// ```
/// use kube_object_validation::Release;
///
/// let release: Release = "v1.33.4".parse()?;
/// assert_eq!(release, Release::V1_33);
/// assert!(release < Release::LATEST);
/// # Ok::<(), kube_object_validation::UnknownRelease>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
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
    /// All of them, the oldest first.
    pub const ALL: &'static [Self] = &[
        Self::V1_31,
        Self::V1_32,
        Self::V1_33,
        Self::V1_34,
        Self::V1_35,
    ];
    /// The newest.
    pub const LATEST: Self = Self::V1_35;
}

/// The newest.
impl Default for Release {
    fn default() -> Self {
        Self::LATEST
    }
}

impl fmt::Display for Release {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V1_31 => "1.31",
            Self::V1_32 => "1.32",
            Self::V1_33 => "1.33",
            Self::V1_34 => "1.34",
            Self::V1_35 => "1.35",
        })
    }
}

/// A text names no release whose validation is known.
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

/// Of `v1.33.4+k3s1` the first two numbers count.
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

/// A field or rule that came with a feature.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    /// The first release that has the field.
    pub(crate) known: Release,
    /// The first release in which the feature is on by default. Before, the API server forgets what
    /// the field says before it looks at it.
    pub(crate) on: Release,
}

/// `VolumeAttributesClass`: `volumeAttributesClassName` of a claim.
pub(crate) const VOLUME_ATTRIBUTES_CLASS: Feature = Feature::new(Release::V1_31, Release::V1_34);
/// `DynamicResourceAllocation`: `resourceClaims` of a pod and `claims` of its containers.
pub(crate) const RESOURCE_CLAIMS: Feature = Feature::new(Release::V1_31, Release::V1_34);
/// `ImageVolume`: a volume from an image.
pub(crate) const IMAGE_VOLUME: Feature = Feature::new(Release::V1_31, Release::V1_35);
/// `SupplementalGroupsPolicy` of a pod.
pub(crate) const GROUPS_POLICY: Feature = Feature::new(Release::V1_31, Release::V1_33);
/// `SELinuxChangePolicy` of a pod.
pub(crate) const SE_LINUX_POLICY: Feature = Feature::new(Release::V1_32, Release::V1_33);
/// `HPAConfigurableTolerance` of an autoscaler.
pub(crate) const TOLERANCE: Feature = Feature::new(Release::V1_33, Release::V1_35);
/// `EnvFiles`: a variable from a file.
pub(crate) const ENV_FILES: Feature = Feature::new(Release::V1_34, Release::V1_35);
/// `RelaxedEnvironmentVariableValidation`: names of variables may have almost any character.
pub(crate) const RELAXED_VARIABLES: Feature = Feature::new(Release::V1_31, Release::V1_32);

impl Feature {
    const fn new(known: Release, on: Release) -> Self {
        Self { known, on }
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
