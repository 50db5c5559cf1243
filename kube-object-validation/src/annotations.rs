//! Pod annotations that Kubernetes interprets.

use serde_json::Value;

use crate::node::Node;
use crate::paths;
use crate::refusal::Refusals;
use crate::scheduling;
use crate::tree::{self, Tree};

const MIRROR: &str = "kubernetes.io/config.mirror";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";
const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

pub(crate) fn check(annotations: &Node<'_, '_>, spec: &Node<'_, '_>, out: &mut Refusals) {
    for (key, value) in annotations.entries() {
        let text = value.text_or_empty();
        match key {
            MIRROR if spec.get("nodeName").is_empty() => out.invalid(
                &value,
                "must set spec.nodeName if mirror pod annotation is set",
            ),
            TOLERATIONS if !text.is_empty() => check_tolerations(annotations, text, out),
            DELETION_COST if !is_integer(text) => out.invalid(&value, "must be a 32bit integer"),
            _ => {}
        }
        if key == SECCOMP_POD || key.starts_with(SECCOMP_CONTAINER) {
            check_seccomp(annotations, key, text, out);
        }
        if let Some(container) = key.strip_prefix(APP_ARMOR) {
            check_app_armor(&value, container, spec, out);
        }
    }
    check_seccomp_match(annotations, spec, out);
}

fn is_integer(text: &str) -> bool {
    let first = text.bytes().next();
    let is_canonical = first.is_some_and(|b| b == b'-' || matches!(b, b'1'..=b'9')) || text == "0";
    is_canonical && text.parse::<i32>().is_ok()
}

fn check_tolerations(annotations: &Node<'_, '_>, text: &str, out: &mut Refusals) {
    let Ok(tolerations @ (Value::Array(_) | Value::Null)) = serde_json::from_str(text) else {
        out.invalid(annotations, "tolerations cannot be read");
        return;
    };
    let tree = Tree::of(&tolerations).unwrap_or_default();
    let tolerations = Node::root(tree.root());
    for mut refusal in out.apart(|inner| scheduling::check_tolerations(&tolerations, inner)) {
        refusal.field = format!("{}.{TOLERATIONS}{}", annotations.field(), refusal.field);
        refusal.path = annotations.path().key(TOLERATIONS);
        out.push(refusal);
    }
}

/// The API server writes the key after a dot.
fn check_seccomp(annotations: &Node<'_, '_>, key: &str, profile: &str, out: &mut Refusals) {
    let fault = match profile.strip_prefix("localhost/") {
        Some(path) => paths::descending_path(path),
        None if matches!(profile, "runtime/default" | "docker/default" | "unconfined") => None,
        None => Some("must be a valid seccomp profile"),
    };
    if let Some(fault) = fault {
        let field = format!("{}.{key}", annotations.field());
        out.invalid_at(annotations.path().key(key), field, profile, fault);
    }
}

fn check_app_armor(value: &Node<'_, '_>, container: &str, spec: &Node<'_, '_>, out: &mut Refusals) {
    let (containers, init) = (spec.get("containers"), spec.get("initContainers"));
    let mut all = containers.items().chain(init.items());
    if !all.any(|other| other.get("name").text() == Some(container)) {
        out.invalid(value, "container not found");
    }
    let profile = value.text_or_empty();
    let is_known = matches!(profile, "" | "runtime/default" | "unconfined")
        || profile.starts_with("localhost/");
    if !is_known {
        out.invalid(value, "invalid AppArmor profile name");
    }
}

/// An annotation and the field that replaces it must agree.
fn check_seccomp_match(annotations: &Node<'_, '_>, spec: &Node<'_, '_>, out: &mut Refusals) {
    let context = spec.get("securityContext");
    let profile = context.get("seccompProfile");
    let annotation = annotations.entry(SECCOMP_POD).and_then(tree::Value::text);
    let Some(annotation) = annotation else {
        return;
    };
    let kind = profile.get("type");
    let agrees = match kind.text_or_empty() {
        "Unconfined" => annotation == "unconfined",
        "RuntimeDefault" => matches!(annotation, "runtime/default" | "docker/default"),
        "Localhost" => match annotation.strip_prefix("localhost/") {
            None => false,
            Some(path) => {
                let local = profile.get("localhostProfile");
                if local.text() != Some(path) {
                    out.forbidden(&local, "seccomp profile in annotation and field must match");
                }
                true
            }
        },
        _ => true,
    };
    if !agrees {
        out.forbidden(&kind, "seccomp type in annotation and field must match");
    }
}
