//! Services.

use std::collections::BTreeSet;

use apimachinery::names;

use crate::labels;
use crate::metadata;
use crate::node::Node;
use crate::probe;
use crate::refusal::Refusals;

pub(crate) fn check(object: &Node<'_, '_>, out: &mut Refusals) {
    metadata::check(object, names::dns_1035_label, out);
    let spec = object.get("spec");
    labels::check(&spec.get("selector"), out);
    check_ports(&spec.get("ports"), out);
}

fn check_ports(ports: &Node<'_, '_>, out: &mut Refusals) {
    if ports.is_empty() {
        out.required(ports, "");
    }
    let mut names = BTreeSet::new();
    for port in ports.items() {
        let name = port.get("name");
        if !name.is_empty() {
            out.check(&name, names::dns_label);
            if !names.insert(name.text_or_empty()) {
                out.duplicate(&name);
            }
        } else if ports.len() > 1 {
            out.required(&name, "");
        }
        out.check_range(&port.get("port"), 1, 65535);
        out.check_one_of(&port.get("protocol"), &["SCTP", "TCP", "UDP"]);
        let target = port.get("targetPort");
        if target.exists() {
            probe::check_port(&target, out);
        }
        let protocol = port.get("appProtocol");
        if protocol.exists() {
            out.check(&protocol, names::qualified_name);
        }
    }
}
