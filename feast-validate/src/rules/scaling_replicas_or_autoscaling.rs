//! A fixed replica count and an autoscaler exclude each other.

use super::eval::{Fault, not, or};
use super::facts::Spec;

pub(super) fn check(spec: &Spec<'_>) -> Result<bool, Fault> {
    let [services, scaling, autoscaling] = spec.autoscaling;
    or([
        spec.replicas.map(|replicas| replicas <= 1),
        not(services),
        not(scaling),
        not(autoscaling),
    ])
}

/// One replica and no autoscaler: what the rules on shared stores let be.
pub(super) fn is_single(spec: &Spec<'_>) -> Result<bool, Fault> {
    let [services, scaling, autoscaling] = spec.autoscaling;
    super::eval::and([
        spec.replicas.map(|replicas| replicas <= 1),
        or([not(services), not(scaling), not(autoscaling)]),
    ])
}
