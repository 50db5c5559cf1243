//! Deployments.

use apimachinery::names;

use crate::labels;
use crate::metadata;
use crate::node::Node;
use crate::percent::IntOrPercent;
use crate::pod;
use crate::refusal::Refusals;

pub(crate) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::dns_subdomain, out);
    let spec = object.get("spec");
    out.check_not_negative(&spec.get("replicas"));
    let (selector, template) = (spec.get("selector"), spec.get("template"));
    if selector.exists() {
        labels::check_selector(&selector, out);
    } else {
        out.required(&selector, "");
    }
    // Without a valid selector, the API server does not validate the template.
    if labels::is_usable(&selector, out) {
        check_selected(&template, &selector, out);
        pod::check_template(&template, out);
    } else {
        out.invalid(&selector, "invalid label selector");
    }
    check_strategy(&spec.get("strategy"), out);
}

fn check_selected(template: &Node<'_, '_>, selector: &Node<'_, '_>, out: &mut Refusals) {
    let metadata = template.get("metadata");
    let labels = metadata.get("labels");
    if !labels::has_all(&labels, selector) {
        out.invalid(&labels, "`selector` does not match template `labels`");
    }
}

fn check_strategy(strategy: &Node<'_, '_>, out: &mut Refusals) {
    let rolling = strategy.get("rollingUpdate");
    match strategy.get("type").text_or_empty() {
        "Recreate" if rolling.exists() => out.forbidden(
            &rolling,
            "may not be specified when strategy `type` is 'Recreate'",
        ),
        "Recreate" => {}
        "RollingUpdate" | "" => check_rolling_update(&rolling, out),
        _ => out.unsupported(strategy, &["Recreate", "RollingUpdate"]),
    }
}

fn check_rolling_update(rolling: &Node<'_, '_>, out: &mut Refusals) {
    let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
    for field in [unavailable, surge] {
        IntOrPercent::check(&field, out);
    }
    let is_zero = |field| IntOrPercent::of(field).is_some_and(IntOrPercent::is_zero);
    if is_zero(&unavailable) && is_zero(&surge) {
        out.invalid(&unavailable, "may not be 0 when `maxSurge` is 0");
    }
    IntOrPercent::check_at_most_all(&unavailable, out);
}
