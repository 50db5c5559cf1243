//! Container probes.

use apimachinery::names;

use crate::node::Node;
use crate::refusal::Refusals;

pub(crate) fn check(probe: &Node<'_, '_>, out: &mut Refusals) {
    if !probe.exists() {
        return;
    }
    let mut handlers = 0;
    for kind in ["exec", "httpGet", "tcpSocket", "grpc"] {
        let handler = probe.get(kind);
        if !handler.exists() {
            continue;
        }
        handlers += 1;
        if handlers > 1 {
            out.forbidden(&handler, "may not specify more than 1 handler type");
        } else if kind == "exec" {
            out.needs(&handler.get("command"));
        } else {
            check_port(&handler.get("port"), out);
            out.check_one_of(&handler.get("scheme"), &["HTTP", "HTTPS"]);
        }
    }
    if handlers == 0 {
        out.required(probe, "must specify a handler type");
    }
    for field in [
        "initialDelaySeconds",
        "timeoutSeconds",
        "periodSeconds",
        "successThreshold",
        "failureThreshold",
    ] {
        out.check_not_negative(&probe.get(field));
    }
}

/// A port by number or by name.
pub(crate) fn check_port(port: &Node<'_, '_>, out: &mut Refusals) {
    if port.text().is_some() {
        out.check(port, names::port_name);
    } else {
        out.check_range(port, 1, 65535);
    }
}
