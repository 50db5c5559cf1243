//! Metadata of objects.

use apimachinery::names::{self, Fault};

use crate::labels;
use crate::node::Node;
use crate::refusal::Refusals;

pub(crate) fn check(object: &Node<'_, '_>, name_rule: fn(&str) -> Vec<Fault>, out: &mut Refusals) {
    let metadata = object.get("metadata");
    let (name, namespace) = (metadata.get("name"), metadata.get("namespace"));
    if name.is_empty() {
        out.required(&name, "name or generateName is required");
    } else {
        out.check(&name, name_rule);
    }
    if !namespace.is_empty() {
        out.check(&namespace, names::dns_label);
    }
    labels::check(&metadata.get("labels"), out);
    labels::check_annotations(&metadata.get("annotations"), out);
    check_owners(&metadata.get("ownerReferences"), out);
}

/// The API server does not name the item.
fn check_owners(owners: &Node<'_, '_>, out: &mut Refusals) {
    let mut controllers = 0;
    for owner in owners.items() {
        let owner = owner.hidden();
        for field in ["apiVersion", "kind", "name", "uid"] {
            let field = owner.get(field);
            if field.is_empty() {
                out.invalid(&field, "must not be empty");
            }
        }
        controllers += usize::from(owner.get("controller").is_true());
    }
    if controllers > 1 {
        out.invalid(owners, "only one reference can have controller set to true");
    }
}
