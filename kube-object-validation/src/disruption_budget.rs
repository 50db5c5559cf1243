//! `PodDisruptionBudget`s.

use crate::labels;
use crate::node::Node;
use crate::percent::IntOrPercent;
use crate::refusal::Refusals;

pub(crate) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    let spec = object.get("spec");
    let bounds = ["minAvailable", "maxUnavailable"].map(|bound| spec.get(bound));
    if bounds.iter().all(Node::exists) {
        out.invalid(&spec, "minAvailable and maxUnavailable cannot be both set");
    }
    for bound in &bounds {
        IntOrPercent::check(bound, out);
        IntOrPercent::check_at_most_all(bound, out);
    }
    labels::check_selector(&spec.get("selector"), out);
    out.check_one_of(
        &spec.get("unhealthyPodEvictionPolicy"),
        &["AlwaysAllow", "IfHealthyBudget"],
    );
}
