use core::fmt;
use core::str::FromStr;

/// A FeatureStore API version, oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(
    clippy::exhaustive_enums,
    reason = "a match on versions should not compile when one is added"
)]
pub enum Version {
    /// `feast.dev/v1alpha1`: deprecated, served, a subset of `v1`.
    V1Alpha1,
    /// `feast.dev/v1`: served and stored.
    V1,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: [Self; 2] = [Self::V1Alpha1, Self::V1];

    /// The version's name, such as `v1`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::V1Alpha1 => "v1alpha1",
            Self::V1 => "v1",
        }
    }

    /// The `apiVersion` of objects of this version, such as `feast.dev/v1`.
    pub const fn api_version(self) -> &'static str {
        match self {
            Self::V1Alpha1 => "feast.dev/v1alpha1",
            Self::V1 => "feast.dev/v1",
        }
    }

    /// The version with this `apiVersion`.
    pub fn from_api_version(api_version: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|version| version.api_version() == api_version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text is not a version of the FeatureStore API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct UnknownVersion;

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("unknown version: use v1 or v1alpha1")
    }
}

impl core::error::Error for UnknownVersion {}

impl FromStr for Version {
    type Err = UnknownVersion;

    fn from_str(name: &str) -> Result<Self, UnknownVersion> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == name)
            .ok_or(UnknownVersion)
    }
}
