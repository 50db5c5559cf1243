//! Pod scheduling: affinity, tolerations, spread.

use std::collections::BTreeSet;

use apimachinery::names;

use crate::labels;
use crate::node::Node;
use crate::refusal::Refusals;

const WEIGHT: &str = "must be in the range 1-100";
const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

pub(crate) fn check_affinity(affinity: &Node<'_, '_>, out: &mut Refusals) {
    check_node_affinity(&affinity.get("nodeAffinity"), out);
    check_pod_affinity(&affinity.get("podAffinity"), out);
    check_pod_affinity(&affinity.get("podAntiAffinity"), out);
}

fn check_node_affinity(affinity: &Node<'_, '_>, out: &mut Refusals) {
    let required = affinity.get(REQUIRED);
    if required.exists() {
        let terms = required.get("nodeSelectorTerms");
        if terms.is_empty() {
            out.required(&terms, "must have at least one node selector term");
        }
        for term in terms.items() {
            check_node_term(&term, true, out);
        }
    }
    for term in affinity.get(PREFERRED).items() {
        check_weight(&term.get("weight"), out);
        check_node_term(&term.get("preference"), false, out);
    }
}

fn check_weight(weight: &Node<'_, '_>, out: &mut Refusals) {
    if !(1..=100).contains(&weight.integer().unwrap_or_default()) {
        out.invalid(weight, WEIGHT);
    }
}

/// The API server validates values only in required terms.
fn check_node_term(term: &Node<'_, '_>, is_required: bool, out: &mut Refusals) {
    for requirement in term.get("matchExpressions").items() {
        check_node_operator(&requirement, out);
        out.check(&requirement.get("key"), names::qualified_name);
        if is_required {
            labels::check_values(&requirement, out);
        }
    }
    for requirement in term.get("matchFields").items() {
        check_node_field(&requirement, out);
    }
}

fn check_node_operator(requirement: &Node<'_, '_>, out: &mut Refusals) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    match operator.text_or_empty() {
        "In" | "NotIn" if values.is_empty() => {
            out.required(
                &values,
                "must be specified when `operator` is 'In' or 'NotIn'",
            );
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => out.forbidden(
            &values,
            "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
        ),
        "Gt" | "Lt" if values.len() != 1 => out.required(
            &values,
            "must be specified single value when `operator` is 'Lt' or 'Gt'",
        ),
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        _ => out.invalid(&operator, "not a valid selector operator"),
    }
}

fn check_node_field(requirement: &Node<'_, '_>, out: &mut Refusals) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    if !matches!(operator.text(), Some("In" | "NotIn")) {
        out.invalid(&operator, "not a valid selector operator");
    } else if values.len() != 1 {
        out.required(
            &values,
            "must be only one value when `operator` is 'In' or 'NotIn' for node field selector",
        );
    }
    let key = requirement.get("key");
    if key.text() == Some("metadata.name") {
        for value in values.items() {
            out.check(&value, names::dns_subdomain);
        }
    } else {
        out.invalid(&key, "not a valid field selector key");
    }
}

fn check_pod_affinity(affinity: &Node<'_, '_>, out: &mut Refusals) {
    for term in affinity.get(REQUIRED).items() {
        check_pod_term(&term, out);
    }
    for term in affinity.get(PREFERRED).items() {
        check_weight(&term.get("weight"), out);
        check_pod_term(&term.get("podAffinityTerm"), out);
    }
}

fn check_pod_term(term: &Node<'_, '_>, out: &mut Refusals) {
    labels::check_selector(&term.get("labelSelector"), out);
    labels::check_selector(&term.get("namespaceSelector"), out);
    for namespace in term.get_as("namespaces", "namespace").items() {
        out.check(&namespace.hidden(), names::dns_label);
    }
    check_label_keys(term, out);
    let key = term.get("topologyKey");
    if key.is_empty() {
        out.required(&key, "can not be empty");
    }
    out.check(&key, names::qualified_name);
}

/// Keys whose values come from the pod.
fn check_label_keys(term: &Node<'_, '_>, out: &mut Refusals) {
    let selector = term.get("labelSelector");
    let (matching, differing) = (term.get("matchLabelKeys"), term.get("mismatchLabelKeys"));
    for keys in [matching, differing] {
        if !keys.is_empty() && !selector.exists() {
            out.forbidden(&keys, "must not be specified when labelSelector is not set");
        } else {
            for key in keys.items() {
                out.check(&key, names::qualified_name);
            }
        }
    }
    check_selected_keys(term, out);
    let differing: BTreeSet<_> = differing.texts().collect();
    for key in matching.items() {
        if differing.contains(key.text_or_empty()) {
            out.invalid(&key, "exists in both matchLabelKeys and mismatchLabelKeys");
        }
    }
}

/// The API server adds the keys to the selector, so duplicates are errors.
fn check_selected_keys(term: &Node<'_, '_>, out: &mut Refusals) {
    let selector = term.get("labelSelector");
    if !selector.exists() {
        return;
    }
    let (keys, labels) = (
        term.get("matchLabelKeys").hidden(),
        selector.get("matchLabels"),
    );
    let mut selected: BTreeSet<_> = labels.entries().map(|(key, _)| key).collect();
    for expression in selector.get("matchExpressions").items() {
        let key = expression.get("key").text_or_empty();
        let mut same = keys.items().filter(|item| item.text() == Some(key));
        if let Some(item) = same.next().filter(|_| selected.contains(key)) {
            out.invalid(&item, "exists in both matchLabelKeys and labelSelector");
        }
        selected.insert(key);
    }
}

pub(crate) fn check_tolerations(tolerations: &Node<'_, '_>, out: &mut Refusals) {
    for toleration in tolerations.items() {
        check_toleration(&toleration, out);
    }
}

fn check_toleration(toleration: &Node<'_, '_>, out: &mut Refusals) {
    const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    let (key, operator) = (toleration.get("key"), toleration.get("operator"));
    let effect = toleration.get("effect");
    if !key.is_empty() {
        out.check(&key, names::qualified_name);
    } else if operator.text() != Some("Exists") {
        out.invalid(
            &operator,
            "operator must be Exists when `key` is empty, which means \"match all values and all \
             keys\"",
        );
    }
    if toleration.get("tolerationSeconds").exists() && effect.text() != Some("NoExecute") {
        out.invalid(
            &effect,
            "effect must be 'NoExecute' when `tolerationSeconds` is set",
        );
    }
    check_toleration_value(toleration, out);
    if !effect.is_empty() {
        out.check_one_of(&effect, &EFFECTS);
    }
}

fn check_toleration_value(toleration: &Node<'_, '_>, out: &mut Refusals) {
    let (operator, value) = (toleration.get("operator"), toleration.get("value"));
    match operator.text_or_empty() {
        // The API server names the operator here, too.
        "Equal" | "" => {
            out.invalid_for(&operator, names::label_value(value.text_or_empty()));
        }
        "Exists" => {
            if !value.is_empty() {
                out.invalid(&operator, "value must be empty when `operator` is 'Exists'");
            }
        }
        _ => out.unsupported(&operator, &["Equal", "Exists"]),
    }
}

pub(crate) fn check_spread(constraints: &Node<'_, '_>, out: &mut Refusals) {
    for constraint in constraints.items() {
        check_constraint(&constraint, out);
    }
    // `merge` reports duplicates of topology key and action.
}

fn check_constraint(constraint: &Node<'_, '_>, out: &mut Refusals) {
    const POLICIES: [&str; 2] = ["Honor", "Ignore"];
    const ACTIONS: [&str; 2] = ["DoNotSchedule", "ScheduleAnyway"];
    check_positive(&constraint.get("maxSkew"), out);
    let (key, action) = (
        constraint.get("topologyKey"),
        constraint.get("whenUnsatisfiable"),
    );
    if key.is_empty() {
        out.required(&key, "can not be empty");
    }
    if !action
        .text()
        .is_some_and(|action| ACTIONS.contains(&action))
    {
        out.unsupported(&action, &ACTIONS);
    }
    let domains = constraint.get("minDomains");
    if domains.exists() {
        check_positive(&domains, out);
        if action.text() != Some("DoNotSchedule") {
            out.invalid(
                &domains,
                "can only use minDomains if whenUnsatisfiable=DoNotSchedule",
            );
        }
    }
    out.check_one_of(&constraint.get("nodeAffinityPolicy"), &POLICIES);
    out.check_one_of(&constraint.get("nodeTaintsPolicy"), &POLICIES);
    check_label_keys(constraint, out);
    labels::check_selector(&constraint.get("labelSelector"), out);
}

fn check_positive(number: &Node<'_, '_>, out: &mut Refusals) {
    if number.integer().unwrap_or_default() <= 0 {
        out.invalid(number, "must be greater than zero");
    }
}
