//! PersistentVolumeClaims.

use apimachinery::names;

use crate::labels;
use crate::metadata;
use crate::node::Node;
use crate::refusal::Refusals;
use crate::release;

pub(crate) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::dns_subdomain, out);
    check_spec(&object.get("spec"), out);
}

/// The spec of a claim in a volume.
pub(crate) fn check_template_spec(spec: &Node<'_, '_>, out: &mut Refusals) {
    check_spec(spec, out);
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    for source in [&source, &reference] {
        if source.exists() {
            check_source(source, out);
        }
    }
    let is_same = |field| source.get(field).value() == reference.get(field).value();
    let are_same = ["apiGroup", "kind", "name"].into_iter().all(is_same);
    if source.exists() && reference.exists() && !are_same {
        out.invalid(spec, "must match dataSourceRef");
    }
}

/// The data source of a claim. The API server edits it in a PersistentVolumeClaim, but rendered
/// claims have none.
fn check_source(source: &Node<'_, '_>, out: &mut Refusals) {
    out.needs(&source.get("name"));
    out.needs(&source.get("kind"));
    let group = source.get("apiGroup");
    if group.is_empty() {
        if source.get("kind").text() != Some("PersistentVolumeClaim") {
            out.invalid(
                source,
                "must be 'PersistentVolumeClaim' when referencing the default apiGroup",
            );
        }
    } else {
        out.check(&group, names::dns_subdomain);
    }
}

fn check_spec(spec: &Node<'_, '_>, out: &mut Refusals) {
    check_modes(&spec.get("accessModes"), out);
    labels::check_selector(&spec.get("selector"), out);
    check_storage(&spec.get("resources"), out);
    let (class, attributes) = (
        spec.get("storageClassName"),
        spec.get("volumeAttributesClassName"),
    );
    if !class.is_empty() {
        out.check(&class, names::dns_subdomain);
    }
    if out.has(&attributes, release::VOLUME_ATTRIBUTES_CLASS) && !attributes.is_empty() {
        out.check(&attributes, names::dns_subdomain);
    }
    out.check_one_of(&spec.get("volumeMode"), &["Block", "Filesystem"]);
}

fn check_modes(modes: &Node<'_, '_>, out: &mut Refusals) {
    const MODES: [&str; 4] = [
        "ReadOnlyMany",
        "ReadWriteMany",
        "ReadWriteOnce",
        "ReadWriteOncePod",
    ];
    if modes.is_empty() {
        out.required(modes, "at least 1 access mode is required");
    }
    // The API server does not name the item.
    for mode in modes.items() {
        out.check_one_of(&mode.hidden(), &MODES);
    }
    let (alone, others): (Vec<_>, Vec<_>) = modes
        .texts()
        .filter(|mode| MODES.contains(mode))
        .partition(|mode| *mode == "ReadWriteOncePod");
    if !alone.is_empty() && !others.is_empty() {
        out.forbidden(
            modes,
            "may not use ReadWriteOncePod with other access modes",
        );
    }
}

/// The API server writes `resources[storage]`.
fn check_storage(resources: &Node<'_, '_>, out: &mut Refusals) {
    let requests = resources.get("requests").hidden();
    let storage = requests.get("storage").bracketed();
    match storage.quantity() {
        None => out.required(&storage, ""),
        Some(quantity) if !quantity.is_positive() => {
            out.invalid(&storage, "must be greater than zero");
        }
        Some(_) => {}
    }
}
