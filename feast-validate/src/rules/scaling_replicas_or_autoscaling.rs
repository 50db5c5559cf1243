//! A fixed replica count and an autoscaler exclude each other.

use super::facts::Spec;
use crd_admission::native::eval::{Fault, and, not, or};

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
pub(super) fn is_single(
    replicas: Result<i64, Fault>,
    [services, scaling, autoscaling]: [Result<bool, Fault>; 3],
) -> Result<bool, Fault> {
    and([
        replicas.map(|replicas| replicas <= 1),
        or([not(services), not(scaling), not(autoscaling)]),
    ])
}
