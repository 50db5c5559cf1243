//! Volumes made of keys, pod fields and tokens.

use std::collections::BTreeSet;

use crate::env;
use crate::node::Node;
use crate::paths;
use crate::refusal::Refusals;

const POD_FIELDS: [&str; 5] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
];

pub(crate) fn check_mode(mode: &Node<'_, '_>, out: &mut Refusals) {
    if mode
        .integer()
        .is_some_and(|mode| !(0..=0o777).contains(&mode))
    {
        out.invalid(
            mode,
            "must be a number between 0 and 0777 (octal), both inclusive",
        );
    }
}

/// A key that becomes a file.
pub(crate) fn check_item(item: &Node<'_, '_>, out: &mut Refusals) {
    out.needs(&item.get("key"));
    let path = item.get("path");
    out.needs(&path);
    out.check(&path, paths::file_path);
    check_mode(&item.get("mode"), out);
}

pub(crate) fn downward_api(source: &Node<'_, '_>, out: &mut Refusals) {
    check_mode(&source.get("defaultMode"), out);
    check_pod_files(source, out);
}

/// The API server does not name the item.
fn check_pod_files(source: &Node<'_, '_>, out: &mut Refusals) {
    let items = source.get("items").hidden();
    for item in items.items() {
        check_pod_file(&item.hidden(), out);
    }
}

fn check_pod_file(file: &Node<'_, '_>, out: &mut Refusals) {
    let path = file.get("path");
    out.needs(&path);
    out.check(&path, paths::file_path);
    let (field, resource) = (file.get("fieldRef"), file.get("resourceFieldRef"));
    if field.exists() {
        env::check_field(&field, &POD_FIELDS, out);
        if resource.exists() {
            out.invalid(
                file,
                "fieldRef and resourceFieldRef can not be specified simultaneously",
            );
        }
    } else if resource.exists() {
        env::check_resource(&resource, true, out);
    } else {
        out.required(file, "one of fieldRef and resourceFieldRef is required");
    }
    check_mode(&file.get("mode"), out);
}

/// A projected volume. The API server drops the content of sources that Kubernetes 1.35 disables,
/// `clusterTrustBundle` and `podCertificate`, before it validates them.
pub(crate) fn check(volume: &Node<'_, '_>, out: &mut Refusals) {
    check_mode(&volume.get("defaultMode"), out);
    check_token_paths(volume, out);
    let mut paths = BTreeSet::new();
    for source in volume.get("sources").items() {
        let mut count = 0;
        for kind in ["secret", "configMap"] {
            let keys = source.get(kind);
            count += usize::from(keys.exists());
            check_keys(&keys, out);
            note_paths(volume, &keys, &mut paths, out);
        }
        let pod = source.get("downwardAPI");
        count += usize::from(pod.exists());
        check_pod_files(&pod, out);
        note_paths(volume, &pod, &mut paths, out);
        let token = source.get("serviceAccountToken");
        count += usize::from(token.exists());
        check_token(&token, out);
        if count > 1 {
            out.forbidden(
                &source,
                "may not specify more than 1 volume type per source",
            );
        }
    }
}

fn check_keys(keys: &Node<'_, '_>, out: &mut Refusals) {
    if keys.exists() {
        out.needs(&keys.get("name"));
    }
    for item in keys.get("items").items() {
        check_item(&item, out);
    }
}

fn note_paths<'v>(
    volume: &Node<'_, '_>,
    source: &Node<'v, '_>,
    paths: &mut BTreeSet<&'v str>,
    out: &mut Refusals,
) {
    for item in source.get("items").items() {
        let path = item.get("path").text_or_empty();
        if !path.is_empty() && !paths.insert(path) {
            out.invalid(volume, "conflicting duplicate paths");
        }
    }
}

fn check_token(token: &Node<'_, '_>, out: &mut Refusals) {
    let expiration = token.get("expirationSeconds");
    match expiration.integer() {
        Some(..600) => out.invalid(
            &expiration,
            "may not specify a duration less than 10 minutes",
        ),
        Some(0x1_0000_0001..) => {
            out.invalid(
                &expiration,
                "may not specify a duration larger than 2^32 seconds",
            );
        }
        _ => {}
    }
}

/// The API server names the volume's `path`, which does not exist.
fn check_token_paths(volume: &Node<'_, '_>, out: &mut Refusals) {
    let sources = volume.get("sources").hidden();
    for source in sources.items() {
        let source = source.hidden();
        let token = source.get("serviceAccountToken").hidden();
        let path = token.get("path");
        if token.exists() && out.needs(&path) {
            out.check(&path, paths::file_path);
        }
    }
}
