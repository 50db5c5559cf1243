//! What a lint is: its metadata and its documentation. Its check is in its file.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a finding means for the verdict.
///
/// Exhaustive: a program decides what each of them means for its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Not looked for.
    Allow,
    /// Reported.
    Warn,
    /// Reported, and reason to stop.
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

/// A text that names no level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no level: use allow, warn or deny")]
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

/// Declares [`Group`]: its variants, their names and what they are about.
macro_rules! groups {
    ($( $(#[doc = $doc:literal])+ $variant:ident = $name:literal, )+) => {
        /// What a lint is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        #[non_exhaustive]
        pub enum Group {
            $( $(#[doc = $doc])+ $variant, )+
        }

        impl Group {
            /// Every group, in the order of [`LINTS`](crate::LINTS).
            pub const ALL: &[Self] = &[$( Self::$variant, )+];

            /// Its name in configuration.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$variant => $name, )+ }
            }

            /// What it is about, in a sentence.
            pub fn summary(self) -> &'static str {
                match self { $( Self::$variant => concat!($($doc),+).trim_start(), )+ }
            }
        }
    };
}

groups! {
    /// What the API server refuses of the objects that the operator makes, where nobody looks.
    Refused = "refused",
    /// What is admitted and rendered, but cannot work.
    Impossible = "impossible",
    /// Replicas, autoscalers and disruption budgets.
    Scaling = "scaling",
    /// What replicas and workers share, and the rules of the CRD cannot see.
    SharedState = "shared-state",
    /// Data that a restart or a change loses.
    Persistence = "persistence",
    /// Credentials, authorization, encryption and images.
    Security = "security",
    /// What runs, but makes trouble in daily use.
    Operation = "operation",
    /// Good habits, each said once for a FeatureStore; off unless asked for.
    Hygiene = "hygiene",
    /// What an upgrade of Feast's operator means otherwise; looked for where one is foreseen.
    Upgrade = "upgrade",
    /// The suppressions of lints themselves.
    Suppression = "suppression",
}

impl fmt::Display for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// A lint. [`LINTS`](crate::LINTS) has them all.
#[derive(Debug)]
#[non_exhaustive]
pub struct Lint {
    /// In kebab case; reads after "allow".
    pub name: &'static str,
    /// What it is about.
    pub group: Group,
    /// Its level if nothing else is said.
    pub level: Level,
    /// The release of this crate that it came with.
    pub since: &'static str,
    /// What it looks for, in a line.
    pub summary: &'static str,
    /// What a user should know about it.
    pub docs: Docs,
}

/// The documentation of a lint. The texts are Markdown.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Docs {
    /// What is wrong with it.
    pub why: &'static str,
    /// Where the facts of `why` come from.
    pub sources: &'static [&'static str],
    /// YAML that has it: documents, of which those without `kind` are FeatureStores; the first of
    /// two that have the same name is the old version of the second.
    pub example: &'static str,
    /// What to do about it.
    pub instead: &'static str,
    /// The example, mended.
    pub mended: &'static str,
}
