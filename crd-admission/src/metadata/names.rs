//! Names, labels, annotation keys and finalizers: what the API server takes for one.
//!
//! Each check gives the texts of what is wrong, in the server's order.

const LABEL: &str = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const KEY: &str = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const MAX_LABEL: usize = 63;
const MAX_SUBDOMAIN: usize = 253;

/// A DNS label, for namespaces.
pub(crate) fn dns_label(name: &str) -> Vec<String> {
    let mut faults = too_long(name, MAX_LABEL, "characters");
    if !is_dns_label(name) {
        faults.push(if name.split('.').all(is_dns_label) {
            "must not contain dots".to_owned()
        } else {
            format!(
                "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or \
                 '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or \
                 '123-abc', regex used for validation is '{LABEL}')"
            )
        });
    }
    faults
}

/// A DNS label that starts with a letter, for kinds and the names of resources.
pub(crate) fn dns_1035_label(name: &str) -> Vec<String> {
    let mut faults = too_long(name, MAX_LABEL, "characters");
    if !is_dns_label(name) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        faults.push(
            "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start \
             with an alphabetic character, and end with an alphanumeric character (e.g. \
             'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
                .to_owned(),
        );
    }
    faults
}

/// A DNS subdomain, for names.
pub(crate) fn dns_subdomain(name: &str) -> Vec<String> {
    subdomain(name, "characters")
}

/// The server counts bytes in either case, but calls them differently.
fn subdomain(name: &str, unit: &str) -> Vec<String> {
    let mut faults = too_long(name, MAX_SUBDOMAIN, unit);
    if !name.split('.').all(is_dns_label) {
        faults.push(format!(
            "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, \
             '-' or '.', and must start and end with an alphanumeric character (e.g. \
             'example.com', regex used for validation is '{LABEL}(\\.{LABEL})*')"
        ));
    }
    faults
}

/// What cannot be part of a URL's path.
pub(crate) fn path_segment(name: &str) -> Vec<String> {
    if name == "." || name == ".." {
        return vec![format!("may not be '{name}'")];
    }
    path_segment_prefix(name)
}

pub(crate) fn path_segment_prefix(name: &str) -> Vec<String> {
    let forbidden = ['/', '%'].into_iter().filter(|&c| name.contains(c));
    forbidden
        .map(|c| format!("may not contain '{c}'"))
        .collect()
}

/// A key of labels or annotations, or a finalizer: a name with an optional DNS subdomain before a
/// slash.
pub(crate) fn qualified_name(key: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let name = match key.split_once('/') {
        None => key,
        Some((_, name)) if name.contains('/') => {
            return vec![format!(
                "a valid label key {} with an optional DNS subdomain prefix and '/' (e.g. \
                 'example.com/MyName')",
                name_fault()
            )];
        }
        Some(("", name)) => {
            faults.push("prefix part must be non-empty".to_owned());
            name
        }
        Some((prefix, name)) => {
            let wrong = subdomain(prefix, "bytes").into_iter();
            faults.extend(wrong.map(|fault| format!("prefix part {fault}")));
            name
        }
    };
    if name.is_empty() {
        faults.push("name part must be non-empty".to_owned());
    } else {
        let wrong = too_long(name, MAX_LABEL, "bytes").into_iter();
        faults.extend(wrong.map(|fault| format!("name part {fault}")));
    }
    if !is_key(name) {
        faults.push(format!("name part {}", name_fault()));
    }
    faults
}

/// A label's value.
pub(crate) fn label_value(value: &str) -> Vec<String> {
    let mut faults = too_long(value, MAX_LABEL, "bytes");
    if !value.is_empty() && !is_key(value) {
        faults.push(format!(
            "a valid label must be an empty string or consist of alphanumeric characters, '-', \
             '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  \
             or 'my_value',  or '12345', regex used for validation is '({KEY})?')"
        ));
    }
    faults
}

/// Whether a name is one without a look at the texts, and so without allocation.
pub(crate) fn is_dns_subdomain(name: &str) -> bool {
    name.len() <= MAX_SUBDOMAIN && name.split('.').all(is_dns_label)
}

fn name_fault() -> String {
    format!(
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
         alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for \
         validation is '{KEY}')"
    )
}

fn too_long(text: &str, max: usize, unit: &str) -> Vec<String> {
    let fault = (text.len() > max).then(|| format!("must be no more than {max} {unit}"));
    fault.into_iter().collect()
}

fn is_dns_label(label: &str) -> bool {
    let is_end = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    is_delimited(label, is_end, |b| is_end(b) || *b == b'-')
}

fn is_key(name: &str) -> bool {
    let is_end = u8::is_ascii_alphanumeric;
    is_delimited(name, is_end, |b| {
        is_end(b) || matches!(b, b'-' | b'_' | b'.')
    })
}

/// Whether a text is not empty, has only characters of one kind, and the first and last of another.
fn is_delimited(text: &str, is_end: impl Fn(&u8) -> bool, is_within: impl Fn(&u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(&is_end)
        && bytes.last().is_some_and(is_end)
        && bytes.iter().all(is_within)
}
