//! Rules for names, each giving what is wrong with a text.
//!
//! From Kubernetes' `apimachinery/pkg/util/validation` and `pkg/api/validation/path`.

/// What a rule finds.
pub(super) type Fault = Option<&'static str>;

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters \
                     or '-', and must start and end with an alphanumeric character";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric \
                         characters, '-' or '.', and must start and end with an alphanumeric \
                         character";
const SERVICE: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', \
                       start with an alphabetic character, and end with an alphanumeric character";
const LABEL_KEY: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and \
                         must start and end with an alphanumeric character, with an optional DNS \
                         subdomain prefix and '/'";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric \
                           characters, '-', '_' or '.', and must start and end with an \
                           alphanumeric character";
const AT_MOST_63: &str = "must be no more than 63 characters";
const AT_MOST_253: &str = "must be no more than 253 characters";

/// `my-name`, as volumes and containers have.
pub(super) fn dns_label(text: &str) -> Fault {
    if text.len() > 63 {
        Some(AT_MOST_63)
    } else if !is_dns_label(text) {
        Some(LABEL)
    } else {
        None
    }
}

/// `my.name`, as most objects have.
pub(super) fn dns_subdomain(text: &str) -> Fault {
    if text.len() > 253 {
        Some(AT_MOST_253)
    } else if !text.split('.').all(is_dns_label) {
        Some(SUBDOMAIN)
    } else {
        None
    }
}

/// The same, where Kubernetes lets a dash at the end through, as if something followed.
pub(super) fn dns_subdomain_prefix(text: &str) -> Fault {
    let Some(head) = text.strip_suffix('-').filter(|head| !head.is_empty()) else {
        return dns_subdomain(text);
    };
    let mut masked = head.to_owned();
    masked.pop();
    masked.push('a');
    dns_subdomain(&masked)
}

/// `my-name` with a letter first, as Services have.
pub(super) fn dns_1035_label(text: &str) -> Fault {
    if text.len() > 63 {
        Some(AT_MOST_63)
    } else if !(is_dns_label(text) && text.starts_with(|c: char| c.is_ascii_lowercase())) {
        Some(SERVICE)
    } else {
        None
    }
}

fn is_dns_label(text: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    is_word(text, inner)
}

/// Not empty, of these characters, and with an alphanumeric first and last.
fn is_word(text: &str, inner: impl Fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else {
        return false;
    };
    first.is_ascii_alphanumeric() && last.is_ascii_alphanumeric() && bytes.iter().all(|b| inner(*b))
}

fn is_label_word(text: &str) -> bool {
    is_word(text, |b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

/// The key of a label: `name`, or `example.com/name`.
pub(super) fn label_key(text: &str) -> Fault {
    let name = match text.split_once('/') {
        Some((prefix, name)) if dns_subdomain(prefix).is_none() => name,
        Some(_) => return Some(LABEL_KEY),
        None => text,
    };
    if name.len() > 63 {
        Some(AT_MOST_63)
    } else if !is_label_word(name) {
        Some(LABEL_KEY)
    } else {
        None
    }
}

/// The value of a label.
pub(super) fn label_value(text: &str) -> Fault {
    if text.len() > 63 {
        Some(AT_MOST_63)
    } else if !(text.is_empty() || is_label_word(text)) {
        Some(LABEL_VALUE)
    } else {
        None
    }
}

/// What may be part of a URL's path.
pub(super) fn path_segment(text: &str) -> Fault {
    match text {
        "." => Some("may not be '.'"),
        ".." => Some("may not be '..'"),
        _ if text.contains('/') => Some("may not contain '/'"),
        _ if text.contains('%') => Some("may not contain '%'"),
        _ => None,
    }
}

/// The key of a ConfigMap or Secret.
pub(super) fn data_key(text: &str) -> Fault {
    let is_valid = |b: u8| b.is_ascii_alphanumeric() || b"-._".contains(&b);
    if text.len() > 253 {
        Some(AT_MOST_253)
    } else if text.is_empty() || !text.bytes().all(is_valid) {
        Some("a valid config key must consist of alphanumeric characters, '-', '_' or '.'")
    } else if text == "." {
        Some("must not be '.'")
    } else if text.starts_with("..") {
        Some("must not start with '..'")
    } else {
        None
    }
}

/// The name of an environment variable.
pub(super) fn env_name(text: &str) -> Fault {
    let is_valid = |b: u8| (b == b' ' || b.is_ascii_graphic()) && b != b'=';
    if text.is_empty() {
        Some("environment variable name must be non-empty")
    } else if !text.bytes().all(is_valid) {
        Some(
            "a valid environment variable name must consist only of printable ASCII characters \
             other than '='",
        )
    } else {
        None
    }
}

/// The name of a port.
pub(super) fn port_name(text: &str) -> Fault {
    let is_valid = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    if text.len() > 15 {
        Some("must be no more than 15 characters")
    } else if text.is_empty() || !text.bytes().all(is_valid) {
        Some("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    } else if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        Some("must contain at least one letter (a-z)")
    } else if text.contains("--") {
        Some("must not contain consecutive hyphens")
    } else if text.starts_with('-') || text.ends_with('-') {
        Some("must not begin or end with a hyphen")
    } else {
        None
    }
}

/// A path without `..`.
pub(super) fn no_backsteps(text: &str) -> Fault {
    text.split('/')
        .any(|part| part == "..")
        .then_some("must not contain '..'")
}

/// A relative path without `..`.
pub(super) fn descending_path(text: &str) -> Fault {
    if text.starts_with('/') {
        Some("must be a relative path")
    } else {
        no_backsteps(text)
    }
}

/// A relative path without `..`, whose first part does not start so either.
pub(super) fn file_path(text: &str) -> Fault {
    let reserved = text.starts_with("..").then_some("must not start with '..'");
    descending_path(text).or(reserved)
}

/// The name of a kernel parameter.
pub(super) fn sysctl(text: &str) -> Fault {
    let is_inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b);
    let is_segment = |segment: &str| {
        is_word(segment, is_inner) && !segment.bytes().any(|b| b.is_ascii_uppercase())
    };
    if text.len() > 253 || !text.split(['.', '/']).all(is_segment) {
        Some(
            "must have at most 253 characters and consist of names of lower case letters, digits, \
              '-' and '_', joined by '.' or '/'",
        )
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(rule: fn(&str) -> Fault, good: &[&str], bad: &[&str]) {
        for text in good {
            assert_eq!(rule(text), None, "{text}");
        }
        for text in bad {
            assert!(rule(text).is_some(), "{text}");
        }
    }

    #[test]
    fn names_are_as_kubernetes_wants_them() {
        let long = "a".repeat(64);
        check(
            dns_label,
            &["a", "0", "a-b", "1-2"],
            &["", "-a", "a-", "a.b", "A", &long],
        );
        check(
            dns_subdomain,
            &["a.b", "a", &long],
            &["", ".", "a.", "a..b", "a_b"],
        );
        check(dns_1035_label, &["a1", "a-b"], &["1a", "a.b", "a-", &long]);
        check(
            label_key,
            &["a", "A.b_c-d", "x.y/A"],
            &["", "/a", "x/", "a/b/c", "-a", "X/a"],
        );
        check(
            label_value,
            &["", "a", "A.b_c-d"],
            &["-a", "a b", "a/b", &long],
        );
        check(path_segment, &["", "a:b c"], &[".", "..", "a/b", "a%b"]);
        check(
            data_key,
            &["a", ".a", "A_b-c.d"],
            &["", ".", "..", "..a", "a/b"],
        );
        check(
            env_name,
            &["A", "1", "a b", "a.b-c"],
            &["", "a=b", "ä", "a\n"],
        );
        check(
            port_name,
            &["http", "a1", "1a"],
            &["", "1", "a--b", "-a", "A", "abcdefghijklmnop"],
        );
        check(
            file_path,
            &["a/b", ".a", "a/..b"],
            &["/a", "..", "../a", "a/..", "..a"],
        );
        check(
            sysctl,
            &["net.ipv4.ip_forward", "a/b"],
            &["", "A.b", "a..b", "a.-b"],
        );
    }
}
