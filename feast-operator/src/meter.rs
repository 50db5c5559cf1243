//! Who counts what an operator does.

use std::fmt;
use std::time::Duration;

use feast_api::v1::FeatureStoreStatus;
use feast_render::{Metric, ObjectRef};
use jiff::Timestamp;

/// How a pass ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// All is as it should be.
    Success,
    /// The FeatureStore is refused; its status says why.
    Refused,
    /// Something failed that is tried again.
    Error,
}

impl Outcome {
    /// In a word: a label of a metric.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Error => "error",
        }
    }
}

/// Who counts what an operator does: with the feature `metrics` for Prometheus, or in whatever way an
/// embedder does. `()` counts nothing.
#[expect(unused_variables, reason = "nothing is counted by default")]
pub trait Meter: fmt::Debug + Send + Sync {
    /// A pass begins.
    fn begin(&self) {}

    /// A pass has ended.
    fn end(&self, outcome: Outcome, duration: Duration) {}

    /// A pass over a FeatureStore has succeeded.
    fn succeeded(&self, key: &ObjectRef) {}

    /// A pass has failed: why, in a word.
    fn error(&self, reason: &'static str) {}

    /// So many FeatureStores wait for a pass.
    fn waiting(&self, count: usize) {}

    /// The cluster is changed by a request of this verb.
    fn write(&self, verb: &'static str) {}

    /// The webhook has answered.
    fn review(&self, allowed: bool) {}

    /// The webhook serves with a certificate that ends then.
    fn certificate(&self, end: Timestamp) {}

    /// This operator begins to look after FeatureStores, or ends.
    fn leads(&self, leads: bool) {}

    /// A watch of a kind broke, or was refused.
    fn interruption(&self, kind: &str) {}

    /// The server said something by the watch of this path.
    fn heard(&self, path: &str) {}

    /// What a FeatureStore is made of.
    fn store(&self, key: &ObjectRef, metric: &Metric) {}

    /// How a FeatureStore is.
    fn status(&self, key: &ObjectRef, status: &FeatureStoreStatus) {}

    /// The FeatureStore is gone.
    fn forget(&self, key: &ObjectRef) {}
}

impl Meter for () {}
