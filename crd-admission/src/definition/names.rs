//! Names of a CRD, of its group, and of its resource.

use apimachinery::names::{Fault, dns_1035_label, dns_subdomain};

use super::node::Node;
use crate::cel::Url;
use crate::error::{BadValue, Violation};
use crate::json;
use crate::metadata::{self, Metadata};
use crate::path::{Path, Segment};

const APPROVAL: &str = "api-approved.kubernetes.io";
const SEE: &str = "see https://github.com/kubernetes/enhancements/pull/1111";

/// Checks the metadata of a new CRD.
pub(super) fn check_metadata(
    definition: Node<'_>,
    spec: Node<'_>,
    out: &mut Vec<Violation>,
) -> Result<(), Violation> {
    let group = spec.text("group");
    let node = definition.get("metadata").map(json::Node::from);
    let read = node.map(metadata::decode_request).transpose();
    let read = read.map_err(|fault| Violation::bad_request(fault.to_string()))?;
    let metadata = read.map(|(metadata, _)| metadata).unwrap_or_default();
    let plural = spec.part("names").map_or("", |names| names.text("plural"));
    metadata::check_definition(&metadata, &format!("{plural}.{group}"), out);
    check_approval(&metadata, group, out);
    Ok(())
}

/// Checks that APIs in Kubernetes' groups have its approval.
fn check_approval(metadata: &Metadata<'_>, group: &str, out: &mut Vec<Violation>) {
    let is_protected = ["k8s.io", "kubernetes.io"].into_iter().any(|domain| {
        let before = group.strip_suffix(domain);
        before.is_some_and(|before| before.is_empty() || before.ends_with('.'))
    });
    if !is_protected {
        return;
    }
    let found = metadata.annotations().find(|(name, _)| *name == APPROVAL);
    let approval = found.map_or("", |(_, value)| value);
    let path = Path::ROOT.field("metadata");
    let path = path.field("annotations");
    let path = path.child(Segment::Key(APPROVAL)).bracketed();
    if approval.is_empty() {
        let detail =
            format!("protected groups must have approval annotation \"{APPROVAL}\", {SEE}");
        out.push(Violation::required(path, detail));
    } else if !approval.starts_with("unapproved") && !is_absolute_url(approval) {
        let detail = format!(
            "protected groups must have approval annotation \"{APPROVAL}\" with either a URL or a \
             reason starting with \"unapproved\", {SEE}"
        );
        out.push(Violation::invalid(path, BadValue::text(approval), detail));
    }
}

/// Whether a text has a scheme and a host.
fn is_absolute_url(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| !url.scheme().is_empty() && !url.host().is_empty())
}

/// Checks `spec.group` and `spec.scope`.
pub(super) fn check_group_and_scope(spec: Node<'_>, path: &Path<'_>, out: &mut Vec<Violation>) {
    let group = spec.text("group");
    let at = path.field("group").bracketed();
    let faults = dns_subdomain(group);
    if group.is_empty() {
        out.push(Violation::required(at, ""));
    } else if !faults.is_empty() {
        out.push(Violation::invalid(
            at,
            BadValue::text(group),
            joined(faults),
        ));
    } else if !group.contains('.') {
        let detail = "should be a domain with at least one dot";
        out.push(Violation::invalid(at, BadValue::text(group), detail));
    }
    check_choice(spec, "scope", &["Cluster", "Namespaced"], path, out);
}

/// Checks that a field is present and has one of the allowed values.
pub(super) fn check_choice(
    parent: Node<'_>,
    name: &str,
    choices: &[&str],
    path: &Path<'_>,
    out: &mut Vec<Violation>,
) {
    let text = parent.text(name);
    let path = path.field(name).bracketed();
    if text.is_empty() {
        out.push(Violation::required(path, ""));
    } else if !choices.contains(&text) {
        out.push(Violation::not_supported(path, text, choices));
    }
}

/// Checks `spec.names`, with the server's defaults from the kind.
pub(super) fn check_names(names: Option<Node<'_>>, path: &Path<'_>, out: &mut Vec<Violation>) {
    let text = |name: &str| names.map_or("", |names| names.text(name));
    let kind = text("kind");
    let singular = match text("singular") {
        "" => kind.to_lowercase(),
        singular => singular.to_owned(),
    };
    let list_kind = match text("listKind") {
        "" if !kind.is_empty() => format!("{kind}List"),
        list_kind => list_kind.to_owned(),
    };
    let path = path.field("names");
    for (name, value, is_mixed) in [
        ("plural", text("plural"), false),
        ("singular", &singular, false),
        ("kind", kind, true),
        ("listKind", &list_kind, true),
    ] {
        let at = path.field(name).bracketed();
        let (checked, mixed) = if is_mixed {
            let text = "may have mixed case, but should otherwise match: ";
            (value.to_lowercase(), text)
        } else {
            (value.to_owned(), "")
        };
        let faults = dns_1035_label(&checked);
        if value.is_empty() {
            out.push(Violation::required(at, ""));
        } else if !faults.is_empty() {
            let detail = format!("{mixed}{}", joined(faults));
            out.push(Violation::invalid(at, BadValue::text(value), detail));
        }
    }
    if !kind.is_empty() && kind == list_kind {
        let path = path.field("listKind").bracketed();
        let detail = "kind and listKind may not be the same";
        out.push(Violation::invalid(path, BadValue::text(kind), detail));
    }
    for list in ["shortNames", "categories"] {
        let path = path.field(list);
        let labels = names.into_iter().flat_map(|names| names.texts(list));
        for (index, label) in labels.enumerate() {
            check_label(label, &path.index(index), out);
        }
    }
}

/// Checks that a text is a DNS label of RFC 1035.
pub(super) fn check_label(label: &str, path: &Path<'_>, out: &mut Vec<Violation>) {
    let faults = dns_1035_label(label);
    if !faults.is_empty() {
        let path = path.bracketed();
        out.push(Violation::invalid(
            path,
            BadValue::text(label),
            joined(faults),
        ));
    }
}

fn joined(faults: Vec<Fault>) -> String {
    let texts: Vec<String> = faults.into_iter().map(String::from).collect();
    texts.join(",")
}
