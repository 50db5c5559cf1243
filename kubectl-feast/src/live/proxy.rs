//! The proxy for an API server, as kubectl chooses it.

use std::net::IpAddr;

use http::Uri;
use ipnet::IpNet;
use kube::config::{KubeConfigOptions, Kubeconfig};

/// Whether a cluster in the kubeconfig has its own proxy, which `NO_PROXY` does not exempt.
pub(super) fn is_named(kubeconfig: &Kubeconfig, options: &KubeConfigOptions) -> bool {
    let current = options
        .context
        .as_ref()
        .or(kubeconfig.current_context.as_ref());
    let mut contexts = kubeconfig.contexts.iter();
    let context = contexts.find(|context| Some(&context.name) == current);
    let context = context.and_then(|context| context.context.as_ref());
    let name = options
        .cluster
        .as_ref()
        .or(context.map(|context| &context.cluster));
    let mut clusters = kubeconfig.clusters.iter();
    let cluster = clusters.find(|cluster| Some(&cluster.name) == name);
    let cluster = cluster.and_then(|cluster| cluster.cluster.as_ref());
    let proxy = cluster.and_then(|cluster| cluster.proxy_url.as_deref());
    proxy.is_some_and(|proxy| !proxy.is_empty())
}

/// Whether the environment's `NO_PROXY` exempts a server from the proxy.
///
/// kube compares the variable with the proxy's own address instead.
pub(super) fn is_exempt(server: &Uri, no_proxy: &str) -> bool {
    let host = server.host().unwrap_or_default();
    let host = host
        .trim_matches(['[', ']'])
        .trim_end_matches('.')
        .to_ascii_lowercase();
    let address: Option<IpAddr> = host.parse().ok();
    // As in Go.
    if host == "localhost" || address.is_some_and(|address| address.is_loopback()) {
        return true;
    }
    let port = server.port_u16().unwrap_or(443).to_string();
    let mut entries = no_proxy
        .split(',')
        .map(|entry| entry.trim().to_ascii_lowercase());
    entries.any(|entry| exempts(&entry, &host, address, &port))
}

fn exempts(entry: &str, host: &str, address: Option<IpAddr>, port: &str) -> bool {
    if entry == "*" {
        return true;
    }
    if let Ok(net) = entry.parse::<IpNet>() {
        return address.is_some_and(|address| net.contains(&address));
    }
    if let Ok(exempt) = entry.parse::<IpAddr>() {
        return address == Some(exempt);
    }
    let entry = match entry.rsplit_once(':') {
        Some((entry, wanted)) if wanted == port => entry,
        Some(_) => return false,
        None => entry,
    };
    let entry = entry.trim_start_matches('*');
    match entry.strip_prefix('.') {
        Some(domain) => !domain.is_empty() && host.ends_with(entry),
        None if entry.is_empty() => false,
        None => host
            .strip_suffix(entry)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_exempt_as_in_kubectl() {
        for (server, no_proxy, expected) in [
            ("https://127.0.0.1:6443", "", true),
            ("https://localhost", "", true),
            ("https://[::1]:6443", "", true),
            ("https://api.corp.example", "", false),
            ("https://api.corp.example", "*", true),
            ("https://api.corp.example", "other, corp.example", true),
            ("https://api.corp.example", ".corp.example", true),
            ("https://api.corp.example", "*.corp.example", true),
            ("https://corp.example", ".corp.example", false),
            ("https://corp.example", "corp.example", true),
            ("https://mycorp.example", "corp.example", false),
            (
                "https://API.corp.example:6443",
                "api.corp.example:6443",
                true,
            ),
            (
                "https://api.corp.example:6443",
                "api.corp.example:443",
                false,
            ),
            ("https://10.1.2.3", "10.0.0.0/8", true),
            ("https://11.1.2.3", "10.0.0.0/8", false),
            ("https://10.1.2.3", "10.1.2.3", true),
            ("https://10.1.2.3", ",,", false),
        ] {
            let server: Uri = server.parse().expect("an address");
            assert_eq!(
                is_exempt(&server, no_proxy),
                expected,
                "{server} {no_proxy}"
            );
        }
    }
}
