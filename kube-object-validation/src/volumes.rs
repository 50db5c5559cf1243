//! Pod volumes.

use std::collections::{BTreeMap, BTreeSet};

use apimachinery::names;

use crate::claim;
use crate::container;
use crate::iscsi;
use crate::labels;
use crate::node::Node;
use crate::paths;
use crate::projected;
use crate::refusal::Refusals;
use crate::release;

/// The volumes that mounts may name: those without a fault, by name.
pub(crate) type Volumes<'v> = BTreeMap<&'v str, Kind>;

/// The properties of a volume that mounts depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    EmptyDir,
    Other,
}

/// Checks a volume source.
type Check = fn(&Node<'_, '_>, &mut Refusals);

/// The sources in the API server's order, with the names that it gives them if the volume has
/// several sources, and if it has one.
const SOURCES: &[(&str, &str, &str, Check)] = &[
    ("emptyDir", "emptyDir", "emptyDir", empty_dir),
    ("hostPath", "hostPath", "hostPath", host_path),
    ("gitRepo", "gitRepo", "gitRepo", git_repo),
    (
        "gcePersistentDisk",
        "gcePersistentDisk",
        "persistentDisk",
        |source, out| {
            disk(source, "pdName", out);
        },
    ),
    (
        "awsElasticBlockStore",
        "awsElasticBlockStore",
        "awsElasticBlockStore",
        |source, out| disk(source, "volumeID", out),
    ),
    ("secret", "secret", "secret", |source, out| {
        out.needs(&source.get("secretName"));
        files(source, out);
    }),
    ("nfs", "nfs", "nfs", nfs),
    ("iscsi", "iscsi", "iscsi", iscsi::check),
    ("glusterfs", "glusterfs", "glusterfs", |source, out| {
        needs(source, &["endpoints", "path"], out);
    }),
    ("flocker", "flocker", "flocker", flocker),
    (
        "persistentVolumeClaim",
        "persistentVolumeClaim",
        "persistentVolumeClaim",
        |source, out| needs(source, &["claimName"], out),
    ),
    ("rbd", "rbd", "rbd", |source, out| {
        needs(source, &["monitors", "image"], out);
    }),
    ("cinder", "cinder", "cinder", |source, out| {
        needs(source, &["volumeID"], out);
        secret_reference(source, out);
    }),
    ("cephfs", "cephFS", "cephfs", |source, out| {
        needs(source, &["monitors"], out);
    }),
    ("quobyte", "quobyte", "quobyte", quobyte),
    (
        "downwardAPI",
        "downwarAPI",
        "downwardAPI",
        projected::downward_api,
    ),
    ("fc", "fc", "fc", fibre_channel),
    ("flexVolume", "flexVolume", "flexVolume", flex_volume),
    ("configMap", "configMap", "configMap", |source, out| {
        out.needs(&source.get("name"));
        files(source, out);
    }),
    ("azureFile", "azureFile", "azureFile", |source, out| {
        needs(source, &["secretName", "shareName"], out);
    }),
    (
        "vsphereVolume",
        "vsphereVolume",
        "vsphereVolume",
        |source, out| {
            needs(source, &["volumePath"], out);
        },
    ),
    (
        "photonPersistentDisk",
        "photonPersistentDisk",
        "photonPersistentDisk",
        |source, out| needs(source, &["pdID"], out),
    ),
    (
        "portworxVolume",
        "portworxVolume",
        "portworxVolume",
        |source, out| {
            needs(source, &["volumeID"], out);
        },
    ),
    ("azureDisk", "azureDisk", "azureDisk", azure_disk),
    ("storageos", "storageos", "storageos", storage_os),
    ("projected", "projected", "projected", projected::check),
    ("scaleIO", "scaleIO", "scaleIO", |source, out| {
        needs(source, &["gateway", "system", "volumeName"], out);
    }),
    ("csi", "csi", "csi", csi),
    ("ephemeral", "ephemeral", "ephemeral", ephemeral),
    ("image", "image", "image", image),
];

/// Checks the volumes and returns those that can be mounted.
pub(crate) fn check<'v>(volumes: &Node<'v, '_>, out: &mut Refusals) -> Volumes<'v> {
    let mut good = Volumes::new();
    for volume in volumes.items() {
        let before = out.len();
        check_source(&volume, out);
        let name = volume.get("name");
        if out.needs(&name) {
            out.check(&name, names::dns_label);
        }
        let text = name.text_or_empty();
        if good.contains_key(text) {
            out.duplicate(&name);
        }
        if out.len() == before {
            good.insert(text, kind(&volume));
        }
    }
    good
}

/// The kinds of all volumes, whether or not they have a fault.
pub(crate) fn kinds<'v>(volumes: &Node<'v, '_>) -> Volumes<'v> {
    let named = |volume: Node<'v, '_>| (volume.get("name").text_or_empty(), kind(&volume));
    volumes.items().map(named).collect()
}

fn kind(volume: &Node<'_, '_>) -> Kind {
    let is_other = |(name, ..): &(&'static str, &str, &str, Check)| {
        *name != "emptyDir" && volume.get(name).exists()
    };
    if SOURCES.iter().any(is_other) && !volume.get("emptyDir").exists() {
        Kind::Other
    } else {
        Kind::EmptyDir
    }
}

/// A volume without a source becomes an empty directory.
fn check_source(volume: &Node<'_, '_>, out: &mut Refusals) {
    let mut found = false;
    for (name, shown_second, shown, check) in SOURCES {
        let source = volume.get(name);
        if !source.exists() {
            continue;
        }
        if *name == "image" && !out.has(&source, release::IMAGE_VOLUME) {
            // The API server drops it only after it has defaulted volumes without a source.
            if !found {
                out.required(volume, "must specify a volume type");
            }
            continue;
        }
        if found {
            out.forbidden(
                &volume.get_as(name, shown_second),
                "may not specify more than 1 volume type",
            );
        } else {
            check(&volume.get_as(name, shown), out);
        }
        found = true;
    }
    iscsi::check_name(volume, out);
}

fn needs(source: &Node<'_, '_>, fields: &[&'static str], out: &mut Refusals) {
    for field in fields {
        out.needs(&source.get(field));
    }
}

/// A `secretRef` must name a Secret.
fn secret_reference(source: &Node<'_, '_>, out: &mut Refusals) {
    let reference = source.get("secretRef");
    if reference.exists() {
        out.needs(&reference.get("name"));
    }
}

fn empty_dir(source: &Node<'_, '_>, out: &mut Refusals) {
    let limit = source.get("sizeLimit");
    let quantity = limit.quantity();
    if quantity.is_some_and(|quantity| quantity.is_negative()) {
        out.forbidden(&limit, "SizeLimit field must be a valid resource quantity");
    }
}

fn host_path(source: &Node<'_, '_>, out: &mut Refusals) {
    const TYPES: [&str; 8] = [
        "",
        "BlockDevice",
        "CharDevice",
        "Directory",
        "DirectoryOrCreate",
        "File",
        "FileOrCreate",
        "Socket",
    ];
    let path = source.get("path");
    if out.needs(&path) {
        out.check(&path, paths::no_backsteps);
        out.check_one_of(&source.get("type"), &TYPES);
    }
}

fn git_repo(source: &Node<'_, '_>, out: &mut Refusals) {
    out.needs(&source.get("repository"));
    out.check(&source.get("directory"), paths::descending_path);
}

fn disk(source: &Node<'_, '_>, id: &'static str, out: &mut Refusals) {
    out.needs(&source.get(id));
    out.check_range(&source.get("partition"), 0, 255);
}

/// Mode and items of a Secret or ConfigMap.
fn files(source: &Node<'_, '_>, out: &mut Refusals) {
    projected::check_mode(&source.get("defaultMode"), out);
    for item in source.get("items").items() {
        projected::check_item(&item, out);
    }
}

fn nfs(source: &Node<'_, '_>, out: &mut Refusals) {
    out.needs(&source.get("server"));
    let path = source.get("path");
    out.needs(&path);
    if !path.text_or_empty().starts_with('/') {
        out.invalid(&path, "must be an absolute path");
    }
}

fn flocker(source: &Node<'_, '_>, out: &mut Refusals) {
    let (name, uuid) = (source.get("datasetName"), source.get("datasetUUID"));
    match (name.is_empty(), uuid.is_empty()) {
        (true, true) => out.required(source, "one of datasetName and datasetUUID is required"),
        (false, false) => out.invalid(
            source,
            "datasetName and datasetUUID can not be specified simultaneously",
        ),
        _ => {}
    }
    if name.text_or_empty().contains('/') {
        out.invalid(&name, "must not contain '/'");
    }
}

fn quobyte(source: &Node<'_, '_>, out: &mut Refusals) {
    const PAIRS: &str = "must be a host:port pair or multiple pairs separated by commas";
    let (registry, tenant) = (source.get("registry"), source.get("tenant"));
    if registry.is_empty() {
        out.required(&registry, PAIRS);
    } else if tenant.len() > 64 {
        out.required(
            &tenant,
            "must be a UUID and may not exceed a length of 64 characters",
        );
    } else if !registry.text_or_empty().split(',').all(is_host_and_port) {
        out.invalid(&registry, PAIRS);
    }
    out.needs(&source.get("volume"));
}

/// As Go splits them.
fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let inner = match host.strip_prefix('[') {
        Some(inner) => inner.strip_suffix(']'),
        None => Some(host).filter(|host| !host.contains(':')),
    };
    let has_bracket = |text: &str| text.contains(['[', ']']);
    inner.is_some_and(|inner| !has_bracket(inner)) && !has_bracket(port)
}

fn fibre_channel(source: &Node<'_, '_>, out: &mut Refusals) {
    let (names, ids) = (source.get("targetWWNs"), source.get("wwids"));
    match (names.is_empty(), ids.is_empty()) {
        (true, true) => out.required(
            &names,
            "must specify either targetWWNs or wwids, but not both",
        ),
        (false, false) => out.invalid(
            &names,
            "targetWWNs and wwids can not be specified simultaneously",
        ),
        _ => {}
    }
    let lun = source.get("lun");
    if !names.is_empty() {
        if lun.exists() {
            out.check_range(&lun, 0, 255);
        } else {
            out.required(&lun, "lun is required if targetWWNs is specified");
        }
    }
}

fn flex_volume(source: &Node<'_, '_>, out: &mut Refusals) {
    out.needs(&source.get("driver"));
    for (key, option) in source.get("options").entries() {
        let namespace = key.split_once('/').map_or(key, |(namespace, _)| namespace);
        let namespace = format!(".{}", namespace.to_lowercase());
        if namespace.ends_with(".kubernetes.io") || namespace.ends_with(".k8s.io") {
            out.invalid(&option, "kubernetes.io and k8s.io namespaces are reserved");
        }
    }
}

fn azure_disk(source: &Node<'_, '_>, out: &mut Refusals) {
    const MANAGED: &str = "/subscriptions/{sub-id}/resourcegroups/{group-name}/providers/\
                           microsoft.compute/disks/{disk-id}";
    const BLOB: &str =
        "https://{account-name}.blob.core.windows.net/{container-name}/{disk-name}.vhd";
    let uri = source.get("diskURI");
    needs(source, &["diskName", "diskURI"], out);
    out.check_one_of(
        &source.get("cachingMode"),
        &["None", "ReadOnly", "ReadWrite"],
    );
    let kind = source.get("kind");
    out.check_one_of(&kind, &["Dedicated", "Managed", "Shared"]);
    let (prefix, form) = match kind.text().unwrap_or("Shared") {
        "Managed" => ("/subscriptions/", MANAGED),
        _ => ("https://", BLOB),
    };
    if !uri.text_or_empty().starts_with(prefix) {
        out.unsupported(&uri, &[form]);
    }
}

fn storage_os(source: &Node<'_, '_>, out: &mut Refusals) {
    let (name, namespace) = (source.get("volumeName"), source.get("volumeNamespace"));
    if out.needs(&name) {
        out.check(&name, names::dns_label);
    }
    if !namespace.is_empty() {
        out.check(&namespace, names::dns_label);
    }
    secret_reference(source, out);
}

fn csi(source: &Node<'_, '_>, out: &mut Refusals) {
    let driver = source.get("driver");
    if out.needs(&driver) {
        if driver.len() > 63 {
            out.too_long(&driver, 63);
        }
        let name = driver.text_or_empty().to_lowercase();
        out.invalid_for(&driver, names::dns_subdomain(&name));
    }
    let secret = source.get("nodePublishSecretRef");
    if secret.exists() && out.needs(&secret.get("name")) {
        // The API server names the volume source's `name`, which does not exist.
        out.check(&secret.hidden().get("name"), names::dns_subdomain);
    }
}

fn image(source: &Node<'_, '_>, out: &mut Refusals) {
    container::check_pull_policy(&source.get("pullPolicy"), out);
}

fn ephemeral(source: &Node<'_, '_>, out: &mut Refusals) {
    let template = source.get("volumeClaimTemplate");
    if !template.exists() {
        out.required(&template, "");
        return;
    }
    let metadata = template.get("metadata");
    labels::check_annotations(&metadata.get("annotations"), out);
    labels::check(&metadata.get("labels"), out);
    claim::check_template_spec(&template.get("spec"), out);
}

/// The names of a list of claims.
pub(crate) fn claim_names<'v>(claims: &Node<'v, '_>) -> BTreeSet<&'v str> {
    let names = claims
        .items()
        .map(|claim| claim.get("name").text_or_empty());
    names.filter(|name| !name.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_have_ports() {
        for pair in ["a:1", "[::1]:1", ":1", "a:"] {
            assert!(is_host_and_port(pair), "{pair}");
        }
        for pair in ["", "a", "::1", "[::1]", "[a:1", "a]:1", "a:[1"] {
            assert!(!is_host_and_port(pair), "{pair}");
        }
    }
}
