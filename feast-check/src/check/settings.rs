//! How FeatureStores are checked.

use apimachinery::labels::Selector;
use feast_api::Release;
use feast_lint::Config;
use feast_render::{OperatorRelease, OperatorSettings, Time};

/// How FeatureStores are checked.
///
/// Exhaustive: a program says what it thinks of each of them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The namespace of objects that name none.
    pub namespace: String,
    /// The release of Feast whose CRD judges: as a rule that of the operator. Where it is older than
    /// any whose operator is rendered, nothing but the verdict is told.
    pub release: Release,
    /// The FeatureStores that are checked, by their labels. Others are there for those that refer to
    /// them.
    pub selector: Selector,
    /// The operator that renders.
    pub operator: OperatorSettings,
    /// The release of the operator that runs until then, if that is an upgrade: lints tell what
    /// that means.
    pub upgraded_from: Option<OperatorRelease>,
    /// The time of conditions that change.
    pub now: Time,
    /// How far checking goes.
    pub depth: Depth,
    /// Levels and options of lints, for [`Depth::Lints`].
    pub lints: Config,
    /// Whether unknown and duplicate fields are refused, as `kubectl apply` has it by default.
    pub strict: bool,
    /// What is thought of objects that the input lacks.
    pub absent: Absent,
}

impl Settings {
    /// Every FeatureStore, lints at their own levels, in the namespace `default`, judged by the CRD of
    /// the operator's release; what the input lacks is taken to be in the cluster.
    pub fn new(operator: OperatorSettings, now: Time) -> Self {
        Self {
            namespace: "default".to_owned(),
            release: operator.release.release(),
            selector: Selector::default(),
            operator,
            upgraded_from: None,
            now,
            depth: Depth::Lints,
            lints: Config::default(),
            strict: false,
            absent: Absent::Assumed,
        }
    }

    /// The same for another release: its CRD and, if that is known, its operator.
    #[must_use]
    pub fn of_release(mut self, release: Release) -> Self {
        self.release = release;
        if let Ok(rendered) = OperatorRelease::try_from(release) {
            self.operator.release = rendered;
        }
        self
    }

    /// How far checking goes, for the release.
    pub(super) fn reach(&self) -> Depth {
        let is_rendered = OperatorRelease::try_from(self.release).is_ok();
        if is_rendered {
            self.depth
        } else {
            Depth::Verdict
        }
    }
}

/// How far checking goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Depth {
    /// The API server's verdict, and nothing else.
    Verdict,
    /// Lints on what is admitted and on what it renders to. What the operator refuses is one of
    /// them.
    Lints,
    /// What is admitted is rendered, for its objects; what the operator refuses is an error.
    Rendering,
}

/// What is thought of Secrets, ConfigMaps and FeatureStores that one refers to and the input lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Absent {
    /// They are in the cluster. Placeholders stand for objects that are absent, or have no data at
    /// all since something else fills them; a key that an object lacks is lacking.
    Assumed,
    /// Placeholders stand for absent objects and keys.
    Filled,
    /// They are missing in the input, and may be in the cluster.
    Reported,
    /// They are missing in the cluster, which the input is all of.
    Lacking,
}
