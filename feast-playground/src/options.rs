//! The options of the page, and their choices.

use feast_api::Release;
use feast_check::check::{Around, Outcome};
use feast_check::graph::{Colors, Group};
use feast_check::{Absent, Checker, Depth, Settings, Text};
use feast_render::{CorrectionSet, OperatorRelease, OperatorSettings, Platform, Time};
use serde::{Deserialize, Serialize};

/// The name of the text, for messages.
pub(crate) const NAME: &str = "playground.yaml";

/// Why a question has no answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The question is not one that the page asks.
    #[error("unknown question: {0}")]
    Question(#[source] serde_json::Error),
    /// The answer cannot be written.
    #[error("the answer cannot be written: {0}")]
    Answer(#[source] serde_json::Error),
    /// An object cannot be written as YAML.
    #[error("{0} cannot be written as YAML: {1}")]
    Yaml(String, String),
    /// An unknown release.
    #[error("unknown release `{0}`: choose one of the list")]
    Release(String),
    /// A time that is not RFC 3339.
    #[error("`{0}` is not a time such as 2026-01-01T00:00:00Z")]
    Time(String),
    /// A release whose operator is not known.
    #[error("{0} cannot be compared: choose {first} or later", first = OperatorRelease::FIRST)]
    NotRendered(Release),
}

/// How to examine a manifest. By default, exactly as Feast's newest operator.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[non_exhaustive]
pub struct Options {
    /// The release of Feast; the newest if it is empty.
    pub release: String,
    /// The kind of cluster.
    pub platform: PlatformName,
    /// Whether the cluster has the API of `ServiceMonitor`.
    pub service_monitor: bool,
    /// The operator's bugs to fix.
    pub operator: Operator,
    /// Namespace for objects that set none.
    pub namespace: String,
    /// Whether graphs show ServiceAccounts, roles and bindings.
    pub rights: bool,
    /// The time that conditions report, in RFC 3339.
    pub now: String,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            release: String::new(),
            platform: PlatformName::Kubernetes,
            service_monitor: false,
            operator: Operator::None,
            namespace: "default".to_owned(),
            rights: true,
            now: "1970-01-01T00:00:00Z".to_owned(),
        }
    }
}

/// A kind of cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PlatformName {
    /// Plain Kubernetes.
    Kubernetes,
    /// OpenShift.
    Openshift,
}

/// The operator's bugs to fix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operator {
    /// None: exactly as Feast's operator.
    None,
    /// Those whose fix restarts no pod.
    WithoutRestarts,
    /// All of them.
    All,
    /// All of them, and `feature_store.yaml` in a Secret.
    Hardened,
}

impl Operator {
    fn settings(self) -> OperatorSettings {
        let corrections = match self {
            Self::None => Some(CorrectionSet::None),
            Self::WithoutRestarts => Some(CorrectionSet::WithoutRestarts),
            Self::All => Some(CorrectionSet::All),
            Self::Hardened => None,
        };
        OperatorSettings::chosen(self == Self::Hardened, corrections, None)
    }
}

impl Options {
    /// The checker for these options. It assumes that objects missing in the manifest are in the
    /// cluster.
    pub(crate) fn checker(&self, depth: Depth) -> Result<Checker, Error> {
        let now = self.now.parse();
        let now = Time(now.map_err(|_| Error::Time(self.now.clone()))?);
        let settings = Settings::new(self.operator_settings(), now);
        let settings = settings.of_release(self.release()?);
        Ok(Checker::new(Settings {
            namespace: self.namespace.clone(),
            depth,
            absent: Absent::Assumed,
            ..settings
        }))
    }

    /// The outcome of each document of a manifest, and the objects they share.
    pub(crate) fn outcomes(
        &self,
        text: &str,
        depth: Depth,
    ) -> Result<(Vec<Outcome>, Around), Error> {
        let checker = self.checker(depth)?;
        let mut read = checker.read(Text::new(NAME, text));
        let around = checker.gather([&mut read]);
        Ok((checker.finish(read, &around), around))
    }

    /// The release of Feast.
    pub(crate) fn release(&self) -> Result<Release, Error> {
        if self.release.is_empty() {
            return Ok(Release::NEWEST);
        }
        let release = self.release.parse();
        release.map_err(|_| Error::Release(self.release.clone()))
    }

    fn operator_settings(&self) -> OperatorSettings {
        let mut platform = match self.platform {
            PlatformName::Kubernetes => Platform::kubernetes(),
            PlatformName::Openshift => Platform::openshift(),
        };
        platform.service_monitor = self.service_monitor;
        OperatorSettings {
            platform,
            // Shared objects are created in the operator's namespace.
            namespace: None,
            ..self.operator.settings()
        }
    }
}

/// The choices on the page.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Choices {
    /// Releases of Feast, the newest first.
    pub releases: Vec<ReleaseChoice>,
    /// The initial choice.
    pub newest: &'static str,
    /// The groups of objects, with the colours they have in graphs.
    pub groups: Vec<GroupColors>,
}

/// A group of objects, with its colours.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct GroupColors {
    /// Such as `serving`.
    pub name: &'static str,
    /// On a light page.
    pub light: BoxColors,
    /// On a dark page.
    pub dark: BoxColors,
}

/// The CSS colours of a box.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct BoxColors {
    /// Background.
    pub ground: &'static str,
    /// Border.
    pub line: &'static str,
}

impl From<Colors> for BoxColors {
    fn from(Colors { ground, line, .. }: Colors) -> Self {
        Self { ground, line }
    }
}

/// A release of Feast.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ReleaseChoice {
    /// Such as `0.66.0`.
    pub name: &'static str,
    /// The day of its commit.
    pub date: &'static str,
    /// Whether its operator is known; otherwise there is only the API server's verdict.
    pub is_rendered: bool,
}

/// The choices on the page.
///
/// ```
/// let choices = feast_playground::choices();
/// assert!(choices.releases.iter().any(|release| release.name == choices.newest));
/// ```
pub fn choices() -> Choices {
    let releases = Release::ALL.iter().rev().map(|release| ReleaseChoice {
        name: release.name(),
        date: release.date(),
        is_rendered: OperatorRelease::try_from(*release).is_ok(),
    });
    let groups = Group::ALL.iter().map(|group| GroupColors {
        name: group.name(),
        light: group.light().into(),
        dark: group.dark().into(),
    });
    Choices {
        releases: releases.collect(),
        newest: Release::NEWEST.name(),
        groups: groups.collect(),
    }
}
