//! Roles and bindings, namespaced and cluster-wide.

use apimachinery::names;

use crate::metadata;
use crate::node::Node;
use crate::refusal::Refusals;

const GROUP: &str = "rbac.authorization.k8s.io";

pub(crate) fn check_role(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::path_segment, out);
    for rule in object.get("rules").items() {
        if rule.get("verbs").is_empty() {
            out.required(&rule.get("verbs"), "verbs must contain at least one value");
        }
        if rule.get("nonResourceURLs").is_empty() {
            for field in ["apiGroups", "resources"] {
                out.needs(&rule.get(field));
            }
        }
    }
}

pub(crate) fn check_binding(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::path_segment, out);
    let is_namespaced = object.get("kind").text() == Some("RoleBinding");
    let role = object.get("roleRef");
    let kinds: &[&str] = if is_namespaced {
        &["Role", "ClusterRole"]
    } else {
        &["ClusterRole"]
    };
    out.check_one_of(&role.get("kind"), kinds);
    let name = role.get("name");
    if out.needs(&name) {
        out.check(&name, names::path_segment);
    }
    for subject in object.get("subjects").items() {
        check_subject(&subject, is_namespaced, out);
    }
}

fn check_subject(subject: &Node<'_, '_>, is_namespaced: bool, out: &mut Refusals) {
    const KINDS: [&str; 3] = ["ServiceAccount", "User", "Group"];
    let (kind, name) = (subject.get("kind"), subject.get("name"));
    let group = subject.get("apiGroup");
    let is_named = out.needs(&name);
    match kind.text_or_empty() {
        "ServiceAccount" => {
            if is_named {
                out.check(&name, names::dns_subdomain);
            }
            if !group.is_empty() {
                out.unsupported(&group, &[""]);
            }
            if !is_namespaced {
                out.needs(&subject.get("namespace"));
            }
        }
        "User" | "Group" => out.check_one_of(&group, &[GROUP]),
        _ => out.unsupported(&kind, &KINDS),
    }
}
