//! iSCSI volumes.

use crate::node::Node;
use crate::paths;
use crate::refusal::Refusals;

pub(crate) fn check(source: &Node<'_, '_>, out: &mut Refusals) {
    out.needs(&source.get("targetPortal"));
    let iqn = source.get("iqn");
    if out.needs(&iqn) {
        out.check(&iqn, initiator);
    }
    out.check_range(&source.get("lun"), 0, 255);
    let uses_chap =
        source.get("chapAuthDiscovery").is_true() || source.get("chapAuthSession").is_true();
    if uses_chap && !source.get("secretRef").exists() {
        out.required(&source.get("secretRef"), "");
    }
    let name = source.get_as("initiatorName", "initiatorname");
    if name.exists() {
        out.check(&name, initiator);
    }
}

pub(crate) fn check_name(volume: &Node<'_, '_>, out: &mut Refusals) {
    let (name, source) = (volume.get("name"), volume.get("iscsi"));
    let length = name.len() + 1 + source.get("targetPortal").len();
    if source.get("initiatorName").exists() && length > 64 {
        out.invalid(
            &name,
            "Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if \
             iscsi.initiatorName is specified.",
        );
    }
}

/// An iSCSI name, in one of its three forms.
fn initiator(name: &str) -> paths::Fault {
    let is_valid = if name.starts_with("iqn") {
        name.match_indices("iqn.")
            .any(|(at, prefix)| is_qualified(&name[at + prefix.len()..]))
    } else if let Some(rest) = name.strip_prefix("eui") {
        is_identifier(rest, 16)
    } else if let Some(rest) = name.strip_prefix("naa") {
        is_identifier(rest, 32)
    } else {
        return Some("must be valid format starting with iqn, eui, or naa");
    };
    (!is_valid).then_some("must be valid format")
}

/// `YYYY-MM.reversed.domain:anything`.
fn is_qualified(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('.') else {
        return false;
    };
    let is_date = date.len() == 7
        && date.bytes().enumerate().all(|(at, b)| match at {
            4 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    let Some((domain, name)) = rest.split_once(':') else {
        return false;
    };
    let is_domain = |b: u8| b.is_ascii_alphanumeric() || b"-.".contains(&b);
    let is_forbidden = |c: char| ",;*&$|".contains(c) || c.is_ascii_whitespace();
    is_date
        && !domain.is_empty()
        && domain.bytes().all(is_domain)
        && !name.is_empty()
        && !name.contains(is_forbidden)
}

/// Any character, then this number of letters and digits.
fn is_identifier(text: &str, length: usize) -> bool {
    let mut chars = text.chars();
    let separated = chars.next().is_some_and(|c| c != '\n');
    let rest = chars.as_str();
    separated && rest.len() == length && rest.bytes().all(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initiators_have_three_forms() {
        for name in [
            "iqn.2001-04.com.example:storage.disk1",
            "iqn.2001-04.com.example:a:b",
            "eui.0123456789abcdef",
            "naa.0123456789abcdef0123456789abcdef",
        ] {
            assert_eq!(initiator(name), None, "{name}");
        }
        for name in [
            "",
            "iqn",
            "iqn.2001-4.com:a",
            "iqn.2001-04.com.example",
            "iqn.2001-04.com.example:",
            "iqn.2001-04.com.example:a b",
            "iqn.2001-04.com_example:a",
            "eui.0123",
            "naa.0123",
            "disk",
        ] {
            assert!(initiator(name).is_some(), "{name}");
        }
    }
}
