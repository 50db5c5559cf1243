//! `HorizontalPodAutoscaler`s.

use apimachinery::names;

use crate::metadata;
use crate::node::Node;
use crate::refusal::{NOT_NEGATIVE, Refusals};
use crate::release;
use crate::resources;

const MAX_STABILIZATION: i64 = 3600;
const MAX_PERIOD: i64 = 1800;

pub(crate) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::dns_subdomain, out);
    let spec = object.get("spec");
    check_bounds(&spec, out);
    check_reference(&spec.get("scaleTargetRef"), out);
    let metrics = spec.get("metrics");
    for metric in metrics.items() {
        check_metric(&metric, out);
    }
    let mut kinds = metrics.items().map(|metric| metric.get("type").text());
    let can_wake = kinds.any(|kind| matches!(kind, Some("Object" | "External")));
    if spec.get("minReplicas").integer() == Some(0) && !can_wake {
        out.forbidden(
            &metrics,
            "must specify at least one Object or External metric to support scaling to zero replicas",
        );
    }
    let behavior = spec.get("behavior");
    for direction in ["scaleUp", "scaleDown"] {
        check_rules(&behavior.get(direction), out);
    }
}

fn check_bounds(spec: &Node<'_, '_>, out: &mut Refusals) {
    let (min, max) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    let (fewest, most) = (
        min.integer().unwrap_or(1),
        max.integer().unwrap_or_default(),
    );
    if fewest < 1 {
        out.invalid(&min, "must be greater than or equal to 1");
    }
    if most < 1 {
        out.invalid(&max, "must be greater than 0");
    }
    if most < fewest {
        out.invalid(&max, "must be greater than or equal to `minReplicas`");
    }
}

fn check_reference(reference: &Node<'_, '_>, out: &mut Refusals) {
    for field in ["kind", "name"] {
        let field = reference.get(field);
        if out.needs(&field) {
            out.check(&field, names::path_segment);
        }
    }
    let version = reference.get("apiVersion");
    if version.text_or_empty().matches('/').count() > 1 {
        out.invalid(&version, "unexpected GroupVersion string");
    }
}

/// The metric sources by type, in the order in which the API server looks for them.
const SOURCES: [(&str, &str); 5] = [
    ("Object", "object"),
    ("External", "external"),
    ("Pods", "pods"),
    ("Resource", "resource"),
    ("ContainerResource", "containerResource"),
];

fn check_metric(metric: &Node<'_, '_>, out: &mut Refusals) {
    const TYPES: [&str; 5] = [
        "ContainerResource",
        "External",
        "Object",
        "Pods",
        "Resource",
    ];
    const NEEDED: &str = "must populate information for the given metric source";
    let kind = metric.get("type");
    if kind.is_empty() {
        out.required(&kind, "must specify a metric source type");
    }
    let wanted = SOURCES.iter().find(|(name, _)| kind.text() == Some(name));
    if wanted.is_none() {
        out.unsupported(&kind, &TYPES);
    }
    let present = SOURCES.map(|(_, field)| (field, metric.get(field)));
    let present: Vec<_> = present
        .iter()
        .filter(|(_, source)| source.exists())
        .collect();
    if let Some((field, source)) = present.first() {
        check_source(field, source, out);
    }
    let wanted = wanted.map_or("", |(_, field)| field);
    if !wanted.is_empty() && !metric.get(wanted).exists() {
        out.required(&metric.get(wanted), NEEDED);
    }
    if present.len() > 1 {
        for (_, other) in present.iter().filter(|(field, _)| *field != wanted) {
            out.forbidden(other, "must populate the given metric source only");
        }
    }
}

fn check_source(field: &str, source: &Node<'_, '_>, out: &mut Refusals) {
    let target = source.get("target");
    let metric = source.get("metric");
    match field {
        "object" => {
            check_reference(&source.get("describedObject"), out);
            check_identifier(&metric, out);
            check_target(&target, out);
            needs_one(&target, &["averageValue", "value"], out);
        }
        "external" => {
            check_identifier(&metric, out);
            check_target(&target, out);
            needs_one(&target, &["averageValue", "value"], out);
            not_both(&target, ["averageValue", "value"], out);
        }
        "pods" => {
            check_identifier(&metric, out);
            check_target(&target, out);
            needs_one(&target, &["averageValue"], out);
        }
        "containerResource" => {
            check_resource_name(&source.get("name"), true, out);
            let container = source.get("container");
            if out.needs(&container) {
                out.check(&container, names::dns_label);
            }
            check_resource_target(&target, out);
        }
        _ => {
            check_resource_name(&source.get("name"), false, out);
            check_resource_target(&target, out);
        }
    }
}

fn check_resource_name(name: &Node<'_, '_>, is_strict: bool, out: &mut Refusals) {
    if name.is_empty() {
        out.required(name, "must specify a resource name");
    } else if is_strict {
        resources::check_name(name.text_or_empty(), name, out);
    }
}

fn check_resource_target(target: &Node<'_, '_>, out: &mut Refusals) {
    check_target(target, out);
    let fields = ["averageUtilization", "averageValue"];
    needs_one(target, &fields, out);
    not_both(target, fields, out);
}

/// One of the fields is required; the API server reports the first.
fn needs_one(target: &Node<'_, '_>, fields: &[&'static str], out: &mut Refusals) {
    if let (Some(first), false) = (
        fields.first(),
        fields.iter().any(|field| target.get(field).exists()),
    ) {
        out.required(&target.get(first), "must set a target");
    }
}

/// The fields exclude each other; the API server reports the second.
fn not_both(target: &Node<'_, '_>, [first, second]: [&'static str; 2], out: &mut Refusals) {
    let second = target.get(second);
    if target.get(first).exists() && second.exists() {
        out.forbidden(&second, "may not set both targets");
    }
}

fn check_target(target: &Node<'_, '_>, out: &mut Refusals) {
    let kind = target.get("type");
    if kind.is_empty() {
        out.required(&kind, "must specify a metric target type");
    }
    if !matches!(kind.text(), Some("Utilization" | "Value" | "AverageValue")) {
        out.invalid(&kind, "must be either Utilization, Value, or AverageValue");
    }
    for field in ["value", "averageValue"] {
        let field = target.get(field);
        let quantity = field.quantity();
        if quantity.is_some_and(|quantity| !quantity.is_positive()) {
            out.invalid(&field, "must be positive");
        }
    }
    let utilization = target.get("averageUtilization");
    if utilization.integer().is_some_and(|percent| percent < 1) {
        out.invalid(&utilization, "must be greater than 0");
    }
}

fn check_identifier(metric: &Node<'_, '_>, out: &mut Refusals) {
    let name = metric.get("name");
    if name.is_empty() {
        out.required(&name, "must specify a metric name");
    } else {
        out.check(&name, names::path_segment);
    }
}

fn check_rules(rules: &Node<'_, '_>, out: &mut Refusals) {
    if !rules.exists() {
        return;
    }
    let window = rules.get("stabilizationWindowSeconds");
    out.check_range(&window, 0, MAX_STABILIZATION);
    out.check_one_of(&rules.get("selectPolicy"), &["Disabled", "Max", "Min"]);
    let policies = rules.get("policies");
    // Defaulting fills in a missing list, but not an empty one.
    if policies.exists() && policies.is_empty() {
        out.required(&policies, "must specify at least one Policy");
    }
    for policy in policies.items() {
        check_policy(&policy, out);
    }
    let tolerance = rules.get("tolerance");
    if !out.has(&tolerance, release::TOLERANCE) {
        return;
    }
    let quantity = tolerance.quantity();
    if quantity.is_some_and(|quantity| quantity.is_negative()) {
        out.invalid(&tolerance, NOT_NEGATIVE);
    }
}

fn check_policy(policy: &Node<'_, '_>, out: &mut Refusals) {
    let kind = policy.get("type");
    if !matches!(kind.text(), Some("Pods" | "Percent")) {
        out.unsupported(&kind, &["Percent", "Pods"]);
    }
    let (value, period) = (policy.get("value"), policy.get("periodSeconds"));
    if value.integer().unwrap_or_default() <= 0 {
        out.invalid(&value, "must be greater than zero");
    }
    match period.integer().unwrap_or_default() {
        ..=0 => out.invalid(&period, "must be greater than zero"),
        seconds if seconds > MAX_PERIOD => {
            let detail = format!("must be less than or equal to {MAX_PERIOD}");
            out.invalid(&period, &detail);
        }
        _ => {}
    }
}
