//! Requests, limits and claims of containers.

use std::collections::BTreeSet;

use apimachinery::{Quantity, names};

use crate::node::{Node, as_quantity};
use crate::refusal::{NOT_NEGATIVE, Refusals};
use crate::release;

const HUGE_PAGES: &str = "hugepages-";

/// The resources of a container; `pod_claims` are the claims of its pod.
pub(crate) fn check(resources: &Node<'_, '_>, pod_claims: &BTreeSet<&str>, out: &mut Refusals) {
    let (limits, requests) = (resources.get("limits"), resources.get("requests"));
    for (name, quantity) in limits.entries() {
        check_quantity(name, &quantity, out);
    }
    for (name, quantity) in requests.entries() {
        check_quantity(name, &quantity, out);
        check_against_limit(name, &quantity, &limits, out);
    }
    check_huge_pages(resources, out);
    if out.is_on(release::RESOURCE_CLAIMS) {
        check_claims(&resources.get("claims"), pod_claims, out);
    }
}

fn check_quantity(name: &str, node: &Node<'_, '_>, out: &mut Refusals) {
    check_name(name, node, out);
    let Some(quantity) = node.quantity() else {
        return;
    };
    if quantity.is_negative() {
        out.invalid(node, NOT_NEGATIVE);
    }
    if is_counted(name) && !is_whole(&quantity) {
        out.invalid(node, "must be an integer");
    }
    if let Some(page) = name.strip_prefix(HUGE_PAGES) {
        let page = page.parse().ok();
        let fits = page.is_some_and(|page| is_whole(&page) && is_multiple(&quantity, &page));
        if !fits {
            out.invalid(node, "is not positive integer multiple of the page size");
        }
    }
}

/// Whether there is no fraction, measured in thousandths.
fn is_whole(quantity: &Quantity) -> bool {
    quantity
        .milli_value()
        .is_none_or(|thousandths| thousandths % 1000 == 0)
}

/// Whether it is a multiple of the page size, both without their fractions.
fn is_multiple(quantity: &Quantity, page: &Quantity) -> bool {
    let (value, page) = (quantity.value(), page.value());
    value
        .zip(page)
        .is_some_and(|(value, page)| page > 0 && value % page == 0)
}

fn check_against_limit(
    name: &str,
    request: &Node<'_, '_>,
    limits: &Node<'_, '_>,
    out: &mut Refusals,
) {
    let quantity = request.quantity();
    // The API server names `requests`, not the resource.
    let request = request.hidden();
    let Some(limit) = limits.entry(name) else {
        if !may_exceed_limit(name) {
            out.required(limits, "Limit must be set for non overcommitable resources");
        }
        return;
    };
    let (Some(quantity), Some(bound)) = (quantity, as_quantity(limit)) else {
        return;
    };
    let limit = limit.text().unwrap_or_default();
    if quantity != bound && !may_exceed_limit(name) {
        out.invalid(
            &request,
            &format!("must be equal to {name} limit of {limit}"),
        );
    } else if quantity > bound {
        out.invalid(
            &request,
            &format!("must be less than or equal to {name} limit of {limit}"),
        );
    }
}

fn check_huge_pages(resources: &Node<'_, '_>, out: &mut Refusals) {
    let has = |wanted: fn(&str) -> bool| {
        ["limits", "requests"].into_iter().any(|field| {
            let list = resources.get(field);
            list.entries().any(|(name, _)| wanted(name))
        })
    };
    if has(|name| name.starts_with(HUGE_PAGES)) && !has(|name| matches!(name, "cpu" | "memory")) {
        out.forbidden(resources, "HugePages require cpu or memory");
    }
}

/// A resource that a container may request: a standard one, or one with a domain.
pub(crate) fn check_name(name: &str, node: &Node<'_, '_>, out: &mut Refusals) {
    const STANDARD: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
    out.invalid_for(node, names::qualified_name(name));
    let fault = if !name.contains('/') {
        let is_standard = STANDARD.contains(&name) || name.starts_with(HUGE_PAGES);
        (!is_standard).then_some("must be a standard resource for containers")
    } else if !is_native(name) && !is_extended(name) {
        Some("doesn't follow extended resource name standard")
    } else {
        None
    };
    if let Some(fault) = fault {
        out.invalid(node, fault);
    }
}

fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// A resource of a device plugin, such as `nvidia.com/gpu`.
fn is_extended(name: &str) -> bool {
    let in_quota = format!("requests.{name}");
    !is_native(name)
        && !name.starts_with("requests.")
        && names::qualified_name(&in_quota).is_empty()
}

fn is_counted(name: &str) -> bool {
    const COUNTED: [&str; 9] = [
        "pods",
        "resourcequotas",
        "services",
        "replicationcontrollers",
        "secrets",
        "configmaps",
        "persistentvolumeclaims",
        "services.nodeports",
        "services.loadbalancers",
    ];
    COUNTED.contains(&name) || is_extended(name)
}

fn may_exceed_limit(name: &str) -> bool {
    is_native(name) && !name.starts_with(HUGE_PAGES)
}

fn check_claims(claims: &Node<'_, '_>, pod_claims: &BTreeSet<&str>, out: &mut Refusals) {
    let mut seen = BTreeSet::new();
    for claim in claims.items() {
        let (name, request) = (claim.get("name").text_or_empty(), claim.get("request"));
        if name.is_empty() {
            out.required(&claim, "");
            continue;
        }
        let whole = (name, "");
        let key = (name, request.text_or_empty());
        if !request.is_empty() {
            out.check(&request, names::dns_label);
        }
        let overlaps = request.is_empty() && seen.iter().any(|(other, _)| *other == name);
        if seen.contains(&whole) || seen.contains(&key) || overlaps {
            out.duplicate(&claim);
        }
        seen.insert(key);
        if !pod_claims.contains(name) {
            out.not_found(
                &claim,
                "must be one of the names in pod.spec.resourceClaims",
            );
        }
    }
}
