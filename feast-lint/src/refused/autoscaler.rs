//! HorizontalPodAutoscalers.

use super::node::Node;
use super::refusal::Refusals;

pub(super) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    let spec = object.get("spec");
    let maximum = spec.get("maxReplicas");
    let (min, max) = (
        spec.get("minReplicas").integer().unwrap_or(1),
        maximum.integer().unwrap_or_default(),
    );
    if max < min {
        out.invalid(&maximum, "must be greater than or equal to `minReplicas`");
    }
}
