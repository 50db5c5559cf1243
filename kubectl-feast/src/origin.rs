//! The source of a command's FeatureStores: files or a cluster.

use std::sync::Arc;

use feast_check::{Checker, Settings, Text};

use crate::input::{Files, Source, Unreadable};
#[cfg(feature = "live")]
use crate::live::{self, Question, Seen};
#[cfg(feature = "live")]
pub(crate) use crate::live::{Reach, or_live};

/// The source of a command's FeatureStores.
pub(crate) enum Input {
    Files,
    #[cfg(feature = "live")]
    Cluster(Box<Seen>),
}

/// What a command needs from a cluster.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "live"),
    allow(dead_code, reason = "only used with a cluster")
)]
pub(crate) struct Needs<'a> {
    /// The settings of the check.
    pub(crate) settings: Settings,
    /// The given namespace.
    pub(crate) namespace: Option<&'a str>,
    /// Whether existing objects are needed.
    pub(crate) live: bool,
    /// Whether the cluster's CustomResourceDefinition is used.
    pub(crate) definition: bool,
    /// Whether ResourceQuotas and LimitRanges are needed.
    pub(crate) limits: bool,
}

#[cfg(feature = "live")]
impl Input {
    /// Reads the cluster, if requested.
    ///
    /// # Errors
    ///
    /// The cluster does not respond, or flags conflict.
    pub(crate) fn of(reach: &Reach, files: &Files, needs: Needs<'_>) -> Result<Self, Unreadable> {
        let Some(names) = reach.names(files)? else {
            return Ok(Self::Files);
        };
        let question = Question {
            namespace: needs.namespace.map(str::to_owned),
            all_namespaces: reach.target.all_namespaces,
            names,
            live: needs.live,
            definition: needs.definition,
            limits: needs.limits,
            settings: needs.settings,
        };
        let seen = live::see(&reach.target, &question)?;
        Ok(Self::Cluster(Box::new(seen)))
    }

    /// The sources to read.
    pub(crate) fn sources(&self, files: &Files) -> Vec<Result<Source, Unreadable>> {
        match self {
            Self::Files => files.sources(),
            Self::Cluster(seen) => {
                let texts = seen.texts().into_iter();
                texts
                    .map(|text| text.map(|text| Source::given(&text)))
                    .collect()
            }
        }
    }

    /// The texts, one after the other.
    pub(crate) fn texts(&self, files: &Files) -> Vec<Result<Arc<Text>, Unreadable>> {
        match self {
            Self::Files => files.texts().collect(),
            Self::Cluster(seen) => seen.texts(),
        }
    }

    /// The settings for this input: objects missing from a cluster are missing.
    pub(crate) fn settings(&self, settings: Settings) -> Settings {
        match self {
            Self::Files => settings,
            Self::Cluster(seen) => seen.settings(settings),
        }
    }

    /// The checker for this input.
    pub(crate) fn checker(&self, settings: Settings) -> Checker {
        match self {
            Self::Files => Checker::new(settings),
            Self::Cluster(seen) => seen.inform(Checker::new(settings)),
        }
    }

    /// The cluster's Kubernetes release, if known.
    pub(crate) fn kubernetes(&self) -> Option<feast_lint::Release> {
        match self {
            Self::Files => None,
            Self::Cluster(seen) => seen.kubernetes,
        }
    }

    /// Whether it is a cluster.
    pub(crate) fn is_live(&self) -> bool {
        matches!(self, Self::Cluster(_))
    }
}

/// Only files are read.
#[cfg(not(feature = "live"))]
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Reach {}

#[cfg(not(feature = "live"))]
pub(crate) fn or_live(files: clap::Arg) -> clap::Arg {
    files
}

#[cfg(not(feature = "live"))]
#[allow(
    clippy::unused_self,
    clippy::unnecessary_wraps,
    reason = "same signature as with a cluster"
)]
impl Input {
    pub(crate) fn of(_: &Reach, _: &Files, _: Needs<'_>) -> Result<Self, Unreadable> {
        Ok(Self::Files)
    }

    pub(crate) fn sources(&self, files: &Files) -> Vec<Result<Source, Unreadable>> {
        files.sources()
    }

    pub(crate) fn texts(&self, files: &Files) -> Vec<Result<Arc<Text>, Unreadable>> {
        files.texts().collect()
    }

    pub(crate) fn settings(&self, settings: Settings) -> Settings {
        settings
    }

    pub(crate) fn checker(&self, settings: Settings) -> Checker {
        Checker::new(settings)
    }

    pub(crate) fn kubernetes(&self) -> Option<feast_lint::Release> {
        None
    }

    pub(crate) fn is_live(&self) -> bool {
        false
    }
}
