//! Containers of pods.

use std::collections::BTreeSet;

use apimachinery::names;

use crate::env;
use crate::node::Node;
use crate::paths;
use crate::probe;
use crate::refusal::Refusals;
use crate::resources;
use crate::security;
use crate::volumes::Volumes;

/// The parts of a pod to which its containers refer.
#[derive(Debug)]
pub(crate) struct Pod<'a> {
    pub(crate) volumes: &'a Volumes<'a>,
    pub(crate) claims: &'a BTreeSet<&'a str>,
}

/// The containers, then the init containers, whose names must differ.
pub(crate) fn check_all(spec: &Node<'_, '_>, pod: &Pod<'_>, out: &mut Refusals) {
    let (containers, init) = (spec.get("containers"), spec.get("initContainers"));
    if containers.is_empty() {
        out.required(&containers, "");
    }
    let mut names = BTreeSet::new();
    for container in containers.items().chain(init.items()) {
        check(&container, pod, out);
        let name = container.get("name");
        if !names.insert(name.text_or_empty()) {
            out.duplicate(&name);
        }
    }
}

fn check(container: &Node<'_, '_>, pod: &Pod<'_>, out: &mut Refusals) {
    let name = container.get("name");
    if out.needs(&name) {
        out.check(&name, names::dns_label);
    }
    out.needs(&container.get("image"));
    check_ports(&container.get("ports"), out);
    env::check(&container.get("env"), out);
    env::check_from(&container.get("envFrom"), out);
    check_mounts(container, pod.volumes, out);
    check_pull_policy(&container.get("imagePullPolicy"), out);
    resources::check(&container.get("resources"), pod.claims, out);
    security::check_container(&container.get("securityContext"), out);
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        probe::check(&container.get(name), out);
    }
}

/// Kubernetes defaults a missing or empty one.
pub(crate) fn check_pull_policy(policy: &Node<'_, '_>, out: &mut Refusals) {
    if !policy.is_empty() {
        out.check_one_of(policy, &["Always", "IfNotPresent", "Never"]);
    }
}

fn check_ports(ports: &Node<'_, '_>, out: &mut Refusals) {
    let mut names = BTreeSet::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.is_empty() {
            out.check(&name, names::port_name);
            if !names.insert(name.text_or_empty()) {
                out.duplicate(&name);
            }
        }
        let number = port.get("containerPort");
        match number.integer() {
            None | Some(0) => out.required(&number, ""),
            Some(_) => out.check_range(&number, 1, 65535),
        }
        out.check_one_of(&port.get("protocol"), &["SCTP", "TCP", "UDP"]);
    }
}

fn check_mounts(container: &Node<'_, '_>, volumes: &Volumes<'_>, out: &mut Refusals) {
    let privileged = container.get("securityContext").get("privileged").is_true();
    for mount in container.get("volumeMounts").items() {
        let (name, path) = (mount.get("name"), mount.get("mountPath"));
        out.needs(&name);
        if !volumes.contains_key(name.text_or_empty()) {
            out.not_found(&name, "");
        }
        out.needs(&path);
        let expression = mount.get("subPathExpr");
        if !expression.is_empty() && !mount.get("subPath").is_empty() {
            out.invalid(
                &expression,
                "subPathExpr and subPath are mutually exclusive",
            );
        }
        // For the other faults the API server does not name the mount.
        let mount = mount.hidden();
        check_sub_paths(&mount, out);
        check_propagation(&mount.get("mountPropagation"), privileged, out);
        check_recursive(&mount, out);
    }
}

fn check_sub_paths(mount: &Node<'_, '_>, out: &mut Refusals) {
    let (path, expression) = (mount.get("subPath"), mount.get("subPathExpr"));
    for path in [path, expression] {
        out.check(&path, paths::descending_path);
    }
}

fn check_propagation(propagation: &Node<'_, '_>, privileged: bool, out: &mut Refusals) {
    const ALLOWED: [&str; 3] = ["Bidirectional", "HostToContainer", "None"];
    out.check_one_of(propagation, &ALLOWED);
    if propagation.text() == Some("Bidirectional") && !privileged {
        out.forbidden(
            propagation,
            "Bidirectional mount propagation is available only to privileged containers",
        );
    }
}

fn check_recursive(mount: &Node<'_, '_>, out: &mut Refusals) {
    const ALLOWED: [&str; 3] = ["Disabled", "Enabled", "IfPossible"];
    let recursive = mount.get("recursiveReadOnly");
    out.check_one_of(&recursive, &ALLOWED);
    if !matches!(recursive.text(), Some("Enabled" | "IfPossible")) {
        return;
    }
    if !mount.get("readOnly").is_true() {
        out.forbidden(&recursive, "may only be specified when readOnly is true");
    }
    let propagation = mount.get("mountPropagation");
    if propagation.text().is_some_and(|text| text != "None") {
        out.forbidden(
            &recursive,
            "may only be specified when mountPropagation is None or not specified",
        );
    }
}
