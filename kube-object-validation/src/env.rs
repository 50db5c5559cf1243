//! Environment variables of containers.

use apimachinery::{Quantity, names};

use crate::node::{Node, as_quantity};
use crate::paths;
use crate::refusal::Refusals;
use crate::release;
use crate::tree::Value;

const POD_FIELDS: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];
const RESOURCE_FIELDS: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

pub(crate) fn check(env: &Node<'_, '_>, out: &mut Refusals) {
    for variable in env.items() {
        let name = variable.get("name");
        if out.needs(&name) {
            check_name(&name, out);
        }
        let source = variable.get("valueFrom");
        if source.exists() {
            check_source(&source, &variable.get("value"), out);
        }
    }
}

/// The allowed names depend on the release.
fn check_name(name: &Node<'_, '_>, out: &mut Refusals) {
    if out.is_on(release::RELAXED_VARIABLES) {
        out.check(name, names::env_var_name);
    } else {
        out.check(name, names::strict_env_var_name);
    }
}

fn check_source(source: &Node<'_, '_>, value: &Node<'_, '_>, out: &mut Refusals) {
    const SOURCES: [&str; 5] = [
        "fieldRef",
        "resourceFieldRef",
        "configMapKeyRef",
        "secretKeyRef",
        "fileKeyRef",
    ];
    let mut count = 0;
    for name in SOURCES {
        let reference = source.get(name);
        if !reference.exists() || (name == "fileKeyRef" && !out.has(&reference, release::ENV_FILES))
        {
            continue;
        }
        count += 1;
        match name {
            "fieldRef" => check_field(&reference, &POD_FIELDS, out),
            "resourceFieldRef" => check_resource(&reference, false, out),
            "fileKeyRef" => check_file(&reference, out),
            _ => check_key(&reference, out),
        }
    }
    if count == 0 {
        out.invalid(
            source,
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, \
             `secretKeyRef` or `fileKeyRef`",
        );
    } else if !value.is_empty() {
        out.invalid(source, "may not be specified when `value` is not empty");
    } else if count > 1 {
        out.invalid(
            source,
            "may not have more than one field specified at a time",
        );
    }
}

/// A field of the pod, with the allowed paths.
pub(crate) fn check_field(reference: &Node<'_, '_>, allowed: &[&str], out: &mut Refusals) {
    let (version, path) = (reference.get("apiVersion"), reference.get("fieldPath"));
    if !out.needs(&path) {
        return;
    }
    let text = path.text_or_empty();
    if !matches!(version.text_or_empty(), "" | "v1") {
        out.invalid(&path, "error converting fieldPath: unsupported pod version");
        return;
    }
    match subscripted(text) {
        Some(("metadata.annotations", key)) => {
            check_subscript(reference, &key.to_lowercase(), out);
        }
        Some(("metadata.labels", key)) => check_subscript(reference, key, out),
        Some(_) => out.invalid(&path, "field label does not support subscript"),
        // The former name of the node's name.
        None if text == "spec.host" && allowed.contains(&"spec.nodeName") => {}
        None if !is_pod_field(text) => out.invalid(&path, "field label not supported"),
        None if !allowed.contains(&text) => out.unsupported(&path, allowed),
        None => {}
    }
}

fn check_subscript(reference: &Node<'_, '_>, key: &str, out: &mut Refusals) {
    out.invalid_for(reference, names::qualified_name(key));
}

/// Path and key of `metadata.labels['key']`.
fn subscripted(path: &str) -> Option<(&str, &str)> {
    let (path, key) = path.strip_suffix("']")?.split_once("['")?;
    (!path.is_empty()).then_some((path, key))
}

/// Whether pods have the field at all.
fn is_pod_field(path: &str) -> bool {
    const OTHERS: [&str; 6] = [
        "metadata.annotations",
        "metadata.labels",
        "spec.host",
        "spec.restartPolicy",
        "spec.schedulerName",
        "status.phase",
    ];
    POD_FIELDS.contains(&path) || OTHERS.contains(&path)
}

/// A request or limit of a container; a volume must name the container.
pub(crate) fn check_resource(reference: &Node<'_, '_>, in_volume: bool, out: &mut Refusals) {
    let (container, resource) = (reference.get("containerName"), reference.get("resource"));
    let name = resource.text_or_empty();
    let is_huge_pages =
        name.starts_with("requests.hugepages-") || name.starts_with("limits.hugepages-");
    if in_volume && container.is_empty() {
        out.required(&container, "");
    } else if out.needs(&resource) && !RESOURCE_FIELDS.contains(&name) && !is_huge_pages {
        out.unsupported(&resource, &RESOURCE_FIELDS);
    }
    let divisor = reference.get("divisor");
    if !is_divisor(name, is_huge_pages, divisor.value()) {
        out.invalid(&divisor, "this divisor is not supported with the resource");
    }
}

fn is_divisor(resource: &str, is_huge_pages: bool, divisor: Option<Value<'_>>) -> bool {
    const CPU: [&str; 2] = ["1m", "1"];
    const BYTES: [&str; 13] = [
        "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
    ];
    let allowed: &[&str] = match resource {
        "limits.cpu" | "requests.cpu" => &CPU,
        _ if RESOURCE_FIELDS.contains(&resource) || is_huge_pages => &BYTES,
        _ => return true,
    };
    let Some(quantity) = divisor.and_then(as_quantity) else {
        return true;
    };
    // Kubernetes compares canonical strings, in which 1024 differs from 1Ki, and 1e3 from 1k.
    let text = divisor.and_then(Value::text).unwrap_or_default();
    let is_binary = text.ends_with('i');
    let is_exponent = text.contains('e') || text.strip_suffix('E').unwrap_or(text).contains('E');
    let same_form = allowed
        .iter()
        .filter(|other| other.ends_with('i') == is_binary);
    let mut same_form = same_form.filter_map(|other| other.parse::<Quantity>().ok());
    quantity.is_zero() || (!is_exponent && same_form.any(|other| other == quantity))
}

fn check_file(reference: &Node<'_, '_>, out: &mut Refusals) {
    let (key, volume) = (reference.get("key"), reference.get("volumeName"));
    if out.needs(&key) {
        out.check(&key, names::env_var_name);
    }
    if out.needs(&volume) {
        out.check(&volume, names::dns_label);
    }
    let path = reference.get("path");
    if out.needs(&path) {
        out.check(&path, paths::no_backsteps);
    }
}

/// A key of a ConfigMap or Secret.
fn check_key(reference: &Node<'_, '_>, out: &mut Refusals) {
    out.check(&reference.get("name"), names::dns_subdomain);
    let key = reference.get("key");
    if out.needs(&key) {
        out.check(&key, names::config_map_key);
    }
}

/// The name of a ConfigMap or Secret. Kubernetes accepts a trailing dash here, as in a prefix.
fn source_name(text: &str) -> Vec<names::Fault> {
    names::dns_subdomain(&names::mask_trailing_dash(text))
}

/// Whole ConfigMaps and Secrets.
pub(crate) fn check_from(env_from: &Node<'_, '_>, out: &mut Refusals) {
    for source in env_from.items() {
        let prefix = source.get("prefix");
        if !prefix.is_empty() {
            check_name(&prefix, out);
        }
        let mut count = 0;
        for kind in ["configMapRef", "secretRef"] {
            let reference = source.get(kind);
            if reference.exists() {
                count += 1;
                let name = reference.get("name");
                if out.needs(&name) {
                    out.check(&name, source_name);
                }
            }
        }
        match count {
            0 => out.invalid(
                &source.hidden(),
                "must specify one of: `configMapRef` or `secretRef`",
            ),
            1 => {}
            _ => out.invalid(
                &source.hidden(),
                "may not have more than one field specified at a time",
            ),
        }
    }
}
