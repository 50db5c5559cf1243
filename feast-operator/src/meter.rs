//! Metrics of the operator.

use std::fmt;
use std::time::Duration;

use feast_api::v1::FeatureStoreStatus;
use feast_render::{Metric, ObjectRef};
use jiff::Timestamp;

/// The outcome of a pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Outcome {
    /// Everything is up to date.
    Success,
    /// The FeatureStore is rejected; its status gives the reason.
    Refused,
    /// An error; the pass will be retried.
    Error,
}

impl Outcome {
    /// In one word, for a metric's label.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Error => "error",
        }
    }
}

/// Receives measurements: for Prometheus with the feature `metrics`, or by any other
/// implementation. `()` ignores them.
#[expect(
    unused_variables,
    reason = "the default implementations ignore everything"
)]
pub trait Meter: fmt::Debug + Send + Sync {
    /// A pass starts.
    fn begin(&self) {}

    /// A pass has ended.
    fn end(&self, outcome: Outcome, duration: Duration) {}

    /// A pass over a FeatureStore has succeeded.
    fn succeeded(&self, key: &ObjectRef) {}

    /// A pass failed, with the reason in one word.
    fn error(&self, reason: &'static str) {}

    /// This many FeatureStores wait for a pass.
    fn waiting(&self, count: usize) {}

    /// A request with this verb changes the cluster.
    fn write(&self, verb: &'static str) {}

    /// The webhook has responded.
    fn review(&self, allowed: bool) {}

    /// The webhook serves with a certificate that expires at this time.
    fn certificate(&self, end: Timestamp) {}

    /// This replica becomes the leader, or stops being it.
    fn leads(&self, leads: bool) {}

    /// A watch of a kind was interrupted or rejected.
    fn interruption(&self, kind: &str) {}

    /// The watch with this path received data.
    fn heard(&self, path: &str) {}

    /// The store types of a FeatureStore.
    fn store(&self, key: &ObjectRef, metric: &Metric) {}

    /// The status of a FeatureStore.
    fn status(&self, key: &ObjectRef, status: &FeatureStoreStatus) {}

    /// The FeatureStore is deleted.
    fn forget(&self, key: &ObjectRef) {}
}

impl Meter for () {}
