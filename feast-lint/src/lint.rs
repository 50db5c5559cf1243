//! Metadata and documentation of lints. Each check is in the lint's file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The effect of a finding on the verdict.
///
/// Exhaustive: each program maps the levels to its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Off.
    Allow,
    /// Reported.
    Warn,
    /// Reported, and fails the check.
    Deny,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Allow => "allow",
            Self::Warn => "warn",
            Self::Deny => "deny",
        })
    }
}

/// The text is not a level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown level {0:?}: use allow, warn or deny")]
pub struct ParseLevelError(String);

impl FromStr for Level {
    type Err = ParseLevelError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "allow" => Ok(Self::Allow),
            "warn" => Ok(Self::Warn),
            "deny" => Ok(Self::Deny),
            _ => Err(ParseLevelError(text.to_owned())),
        }
    }
}

/// Declares [`Group`]: variants, names and summaries.
macro_rules! groups {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $name:literal, )+) => {
        /// The topic of a lint.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Group {
            $( $(#[doc = $doc])+ $variant, )+
        }

        impl Group {
            /// All groups, in the order of [`LINTS`](crate::LINTS).
            pub const ALL: &[Self] = &[$( Self::$variant, )+];

            /// The group's name in configuration.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// The group's topic in a sentence.
            pub fn summary(self) -> &'static str {
                match self { $( Self::$variant => concat!($($doc),+).trim_start(), )+ }
            }
        }
    };
}

groups! {
    /// Rendered objects that the API server rejects.
    Refused = "refused",
    /// FeatureStores that are admitted and rendered but cannot work.
    Impossible = "impossible",
    /// Replicas, autoscalers and disruption budgets.
    Scaling = "scaling",
    /// State that replicas and workers share, which the CRD's rules cannot check.
    SharedState = "shared-state",
    /// Data that a restart or a change deletes.
    Persistence = "persistence",
    /// Credentials, authorization, encryption and images.
    Security = "security",
    /// FeatureStores that run but cause operational problems.
    Operation = "operation",
    /// Good practices, reported once per FeatureStore; off by default.
    Hygiene = "hygiene",
    /// Effects of an upgrade of Feast's operator; checked with `--upgrade-from`.
    Upgrade = "upgrade",
    /// Suppressions of lints.
    Suppression = "suppression",
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A lint. [`LINTS`](crate::LINTS) lists them all.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lint {
    /// Name in kebab case; reads as "allow NAME".
    pub name: &'static str,
    /// Its topic.
    pub group: Group,
    /// Its default level.
    pub level: Level,
    /// The version of this crate that added it.
    pub since: &'static str,
    /// What it finds, in one line.
    pub summary: &'static str,
    /// Its documentation.
    pub docs: Docs,
}

/// The documentation of a lint. The texts are Markdown.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Docs {
    /// Why it matters.
    pub why: &'static str,
    /// Sources for `why`.
    pub sources: &'static [&'static str],
    /// YAML with a finding: documents without `kind` are FeatureStores; the first of two with the
    /// same name is the old version of the second.
    pub example: &'static str,
    /// What to do instead.
    pub instead: &'static str,
    /// The fixed example.
    pub mended: &'static str,
}
