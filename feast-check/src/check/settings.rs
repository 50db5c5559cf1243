//! Settings of a check.

use apimachinery::labels::Selector;
use feast_api::Release;
use feast_lint::Config;
use feast_render::{OperatorRelease, OperatorSettings, Time};

/// Settings of a check.
///
/// Exhaustive: each program decides on all of them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The namespace for objects that set none.
    pub namespace: String,
    /// The Feast release whose CRD validates, usually the operator's. If its operator cannot be
    /// rendered, only verdicts are reported.
    pub release: Release,
    /// Label selector for the FeatureStores to check. References to others still resolve.
    pub selector: Selector,
    /// The operator that renders.
    pub operator: OperatorSettings,
    /// The operator release before an upgrade: lints report its effects.
    pub upgraded_from: Option<OperatorRelease>,
    /// The transition time of changed conditions.
    pub now: Time,
    /// The depth of the check.
    pub depth: Depth,
    /// Lint levels and options, for [`Depth::Lints`].
    pub lints: Config,
    /// Whether unknown and duplicate fields are rejected, as `kubectl apply` does by default.
    pub strict: bool,
    /// How to treat objects that are missing from the input.
    pub absent: Absent,
}

impl Settings {
    /// All FeatureStores, lints at their default levels, namespace `default`, the CRD of the
    /// operator's release; objects missing from the input are assumed to be in the cluster.
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

    /// Settings for another release: its CRD and, if supported, its operator.
    #[must_use]
    pub fn of_release(mut self, release: Release) -> Self {
        self.release = release;
        if let Ok(rendered) = OperatorRelease::try_from(release) {
            self.operator.release = rendered;
        }
        self
    }

    /// The depth of the check, for the release.
    pub(super) fn reach(&self) -> Depth {
        let is_rendered = OperatorRelease::try_from(self.release).is_ok();
        if is_rendered {
            self.depth
        } else {
            Depth::Verdict
        }
    }
}

/// The depth of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Depth {
    /// The API server's verdict only.
    Verdict,
    /// Also lints on admitted FeatureStores and their objects, including the operator's errors.
    Lints,
    /// Renders admitted FeatureStores; the operator's errors are errors.
    Rendering,
}

/// How to treat referenced Secrets, ConfigMaps and FeatureStores that are missing from the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Absent {
    /// They are in the cluster. Placeholders replace missing objects, and objects without data,
    /// which something else fills; a missing key is an error.
    Assumed,
    /// Placeholders replace missing objects and keys.
    Filled,
    /// They are missing from the input, and may be in the cluster.
    Reported,
    /// They are missing from the cluster: the input is complete.
    Lacking,
}
