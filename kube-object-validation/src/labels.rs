//! Labels, annotations and label selectors.

use std::collections::BTreeMap;

use apimachinery::names;

use crate::node::Node;
use crate::refusal::Refusals;

const ANNOTATIONS_SIZE: usize = 256 * 1024;

/// Labels, or a node selector. The API server names the map, not the key.
pub(crate) fn check(labels: &Node<'_, '_>, out: &mut Refusals) {
    for (key, value) in labels.entries() {
        let value = value.hidden();
        out.invalid_for(&value, names::qualified_name(key));
        out.check(&value, names::label_value);
    }
}

pub(crate) fn check_annotations(annotations: &Node<'_, '_>, out: &mut Refusals) {
    let mut size = 0;
    for (key, value) in annotations.entries() {
        size += key.len() + value.len();
        out.invalid_for(&value.hidden(), names::qualified_name(&key.to_lowercase()));
    }
    if size > ANNOTATIONS_SIZE {
        out.too_long(annotations, ANNOTATIONS_SIZE);
    }
}

/// An optional label selector.
pub(crate) fn check_selector(selector: &Node<'_, '_>, out: &mut Refusals) {
    check(&selector.get("matchLabels"), out);
    for requirement in selector.get("matchExpressions").items() {
        check_operator(&requirement, out);
        out.check(&requirement.get("key"), names::qualified_name);
        check_values(&requirement, out);
    }
}

fn check_operator(requirement: &Node<'_, '_>, out: &mut Refusals) {
    let (operator, values) = (requirement.get("operator"), requirement.get("values"));
    match operator.text_or_empty() {
        "In" | "NotIn" => {
            if values.is_empty() {
                out.required(
                    &values,
                    "must be specified when `operator` is 'In' or 'NotIn'",
                );
            }
        }
        "Exists" | "DoesNotExist" => {
            if !values.is_empty() {
                out.forbidden(
                    &values,
                    "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
                );
            }
        }
        _ => out.invalid(&operator, "not a valid selector operator"),
    }
}

/// The values of a requirement must be valid label values.
pub(crate) fn check_values(requirement: &Node<'_, '_>, out: &mut Refusals) {
    for value in requirement.get("values").items() {
        out.check(&value, names::label_value);
    }
}

/// Whether the API server can convert the selector.
pub(crate) fn is_usable(selector: &Node<'_, '_>, out: &Refusals) -> bool {
    out.apart(|others| check_selector(selector, others))
        .is_empty()
}

/// Whether labels contain the selector's `matchLabels`.
pub(crate) fn has_all(labels: &Node<'_, '_>, selector: &Node<'_, '_>) -> bool {
    let labels: BTreeMap<_, _> = labels
        .entries()
        .map(|(key, value)| (key, value.text_or_empty()))
        .collect();
    let wanted = selector.get("matchLabels");
    wanted
        .entries()
        .all(|(key, value)| labels.get(key) == Some(&value.text_or_empty()))
}
