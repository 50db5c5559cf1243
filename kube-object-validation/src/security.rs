//! Security contexts of pods and containers.

use std::collections::BTreeSet;

use apimachinery::names;

use crate::node::Node;
use crate::paths;
use crate::refusal::Refusals;
use crate::release;

/// The greatest user or group ID.
const MOST: i64 = i32::MAX as i64;

/// The security context of a pod's spec.
pub(crate) fn check_pod(spec: &Node<'_, '_>, out: &mut Refusals) {
    let context = spec.get("securityContext");
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        out.check_range(&context.get(field), 0, MOST);
    }
    for group in context.get("supplementalGroups").items() {
        out.check_range(&group, 0, MOST);
    }
    check_sysctls(&context.get("sysctls"), out);
    out.check_one_of(
        &context.get("fsGroupChangePolicy"),
        &["Always", "OnRootMismatch"],
    );
    let policy = context.get("supplementalGroupsPolicy");
    if out.has(&policy, release::GROUPS_POLICY) {
        out.check_one_of(&policy, &["Merge", "Strict"]);
    }
    // `MountOption` is switched off in Kubernetes 1.35.
    let policy = context.get("seLinuxChangePolicy");
    if out.has(&policy, release::SE_LINUX_POLICY) {
        out.check_one_of(&policy, &["Recursive"]);
    }
    check_profiles(&context, out);
    if context.get("windowsOptions").get("hostProcess").is_true() {
        out.invalid(
            &spec.get("hostNetwork"),
            "hostNetwork must be true if pod contains any hostProcess containers",
        );
    }
}

pub(crate) fn check_container(context: &Node<'_, '_>, out: &mut Refusals) {
    for field in ["runAsUser", "runAsGroup"] {
        out.check_range(&context.get(field), 0, MOST);
    }
    check_profiles(context, out);
}

fn check_profiles(context: &Node<'_, '_>, out: &mut Refusals) {
    check_seccomp(&context.get("seccompProfile"), out);
    check_app_armor(&context.get("appArmorProfile"), out);
    check_windows(&context.get("windowsOptions"), out);
}

fn check_sysctls(sysctls: &Node<'_, '_>, out: &mut Refusals) {
    let mut seen = BTreeSet::new();
    for sysctl in sysctls.items() {
        let name = sysctl.get("name");
        let text = name.text_or_empty();
        if out.needs(&name) {
            out.check(&name, paths::sysctl);
            if paths::sysctl(text).is_none() && seen.contains(text) {
                out.duplicate(&name);
            }
        }
        seen.insert(text);
    }
}

const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

fn check_seccomp(profile: &Node<'_, '_>, out: &mut Refusals) {
    if !profile.exists() {
        return;
    }
    let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
    if out.needs(&kind) {
        out.check_one_of(&kind, &PROFILES);
    }
    match (kind.text(), local.exists()) {
        (Some("Localhost"), false) => {
            out.required(&local, "must be set when seccomp type is Localhost");
        }
        (Some("Localhost"), true) => out.check(&local, paths::descending_path),
        (_, true) => out.invalid(&local, "can only be set when seccomp type is Localhost"),
        (_, false) => {}
    }
}

fn check_app_armor(profile: &Node<'_, '_>, out: &mut Refusals) {
    const NEEDED: &str = "must be set when AppArmor type is Localhost";
    const LONGEST: usize = 4095;
    if !profile.exists() {
        return;
    }
    let (kind, local) = (profile.get("type"), profile.get("localhostProfile"));
    match kind.text_or_empty() {
        "Localhost" if !local.exists() => out.required(&local, NEEDED),
        "Localhost" => {
            let text = local.text_or_empty();
            if text.trim() != text {
                out.invalid(&local, "must not be padded with whitespace");
            } else if text.is_empty() {
                out.required(&local, NEEDED);
            }
            if text.len() > LONGEST {
                out.too_long(&local, LONGEST);
            }
        }
        "RuntimeDefault" | "Unconfined" => {
            if local.exists() {
                out.invalid(&local, "can only be set when AppArmor type is Localhost");
            }
        }
        "" => out.required(&kind, "type is required when appArmorProfile is set"),
        _ => out.unsupported(&kind, &PROFILES),
    }
}

fn check_windows(options: &Node<'_, '_>, out: &mut Refusals) {
    const LONGEST: usize = 64 * 1024;
    let name = options.get("gmsaCredentialSpecName");
    if name.exists() {
        out.check(&name, names::dns_subdomain);
    }
    let spec = options.get("gmsaCredentialSpec");
    if spec.exists() && (spec.is_empty() || spec.len() > LONGEST) {
        out.invalid(&spec, "must be neither empty nor over 64 KiB");
    }
    let user = options.get("runAsUserName");
    if user.exists() {
        out.check(&user, windows_user);
    }
}

/// `USER` or `DOMAIN\USER`.
fn windows_user(text: &str) -> paths::Fault {
    if text.is_empty() {
        return Some("runAsUserName cannot be an empty string");
    }
    if text.bytes().any(|b| b.is_ascii_control()) {
        return Some("runAsUserName cannot contain control characters");
    }
    let (domain, user) = match text.split_once('\\') {
        Some((domain, user)) => (Some(domain), user),
        None => (None, text),
    };
    let is_user = (1..=104).contains(&user.len())
        && !user.chars().all(|c| ". ".contains(c))
        && !user.contains(|c| "\"/\\:;|=,+*?<>@[]".contains(c));
    if user.contains('\\') {
        Some("runAsUserName cannot contain more than one backslash")
    } else if domain.is_some_and(|domain| !is_windows_domain(domain)) {
        Some("runAsUserName's Domain doesn't match the NetBios nor the DNS format")
    } else if !is_user {
        Some("runAsUserName's User is empty, too long, or has characters that it cannot contain")
    } else {
        None
    }
}

fn is_windows_domain(domain: &str) -> bool {
    let length = domain.chars().count();
    let is_net_bios = (1..=15).contains(&length)
        && !domain.starts_with('.')
        && !domain.contains(|c| "\\/:*?\"<>|".contains(c));
    let is_dns = domain
        .split('.')
        .all(|label| label.len() <= 63 && names::dns_label(&label.to_ascii_lowercase()).is_empty());
    domain.len() < 256 && (is_net_bios || is_dns)
}
