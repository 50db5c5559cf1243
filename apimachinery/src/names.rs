//! Names of objects, labels, annotations, keys and variables.
//!
//! Each check returns the errors of a text, in an API server's order and words. For a valid text it
//! returns none, and does not allocate.
//!
//! ```
//! use apimachinery::names;
//!
//! let faults = names::qualified_name("Example.com/");
//! let texts: Vec<_> = faults.iter().map(ToString::to_string).collect();
//! assert!(texts[0].starts_with("prefix part a lowercase RFC 1123 subdomain must consist of"));
//! assert_eq!(texts[1], "name part must be non-empty");
//! ```
//!
//! From `pkg/util/validation`, `pkg/api/validate/content` and `pkg/api/validation/path`.

use std::borrow::Cow;

/// An error of a text, in an API server's words.
#[derive(Clone, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("{0}")]
pub struct Fault(Cow<'static, str>);

impl Fault {
    /// The message.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn of(self, part: &str) -> Self {
        Self(format!("{part} part {self}").into())
    }
}

impl AsRef<str> for Fault {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl From<Fault> for String {
    fn from(fault: Fault) -> Self {
        fault.0.into_owned()
    }
}

const MAX_LABEL: usize = 63;
const MAX_SUBDOMAIN: usize = 253;
const MAX_PORT: usize = 15;

macro_rules! label {
    () => {
        "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
    };
}
macro_rules! key {
    () => {
        "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]"
    };
}
macro_rules! key_rule {
    () => {
        concat!(
            "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with \
             an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for \
             validation is '",
            key!(),
            "')"
        )
    };
}
const LABEL_RULE: &str = concat!(
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and \
     must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used \
     for validation is '",
    label!(),
    "')"
);
const SUBDOMAIN_RULE: &str = concat!(
    "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or \
     '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used \
     for validation is '",
    label!(),
    "(\\.",
    label!(),
    ")*')"
);
const DNS_1035_RULE: &str = "a DNS-1035 label must consist of lower case alphanumeric characters \
     or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. \
     'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const KEY_RULE: &str = key_rule!();
const KEY_FORM: &str = concat!(
    "a valid label key ",
    key_rule!(),
    " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
);
const VALUE_RULE: &str = concat!(
    "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or \
     '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  \
     or '12345', regex used for validation is '(",
    key!(),
    ")?')"
);
const CONFIG_KEY_RULE: &str = "a valid config key must consist of alphanumeric characters, '-', \
     '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is \
     '[-._a-zA-Z0-9]+')";
const VARIABLE_RULE: &str = "a valid environment variable name must consist only of printable \
     ASCII characters other than '='";
const STRICT_VARIABLE_RULE: &str = "a valid environment variable name must consist of alphabetic \
     characters, digits, '_', '-', or '.', and must not start with a digit (e.g. 'my.env-name',  \
     or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is \
     '[-._a-zA-Z][-._a-zA-Z0-9]*')";
const PERCENT_RULE: &str = "a valid percent string must be a numeric string followed by an ending \
     '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/// A lowercase RFC 1123 label: `my-name`, for namespaces, volumes and containers.
pub fn dns_label(text: &str) -> Vec<Fault> {
    let mut faults = too_long(text, MAX_LABEL, "characters");
    if !is_dns_label(text.as_bytes()) {
        let has_dots = are_dns_labels(text);
        faults.push(fault(if has_dots {
            "must not contain dots"
        } else {
            LABEL_RULE
        }));
    }
    faults
}

/// A lowercase RFC 1123 subdomain: `my.name`, for most objects.
pub fn dns_subdomain(text: &str) -> Vec<Fault> {
    subdomain(text, "characters")
}

/// The server counts bytes in both cases, but calls them differently.
fn subdomain(text: &str, unit: &str) -> Vec<Fault> {
    let mut faults = too_long(text, MAX_SUBDOMAIN, unit);
    unless(are_dns_labels(text), SUBDOMAIN_RULE, &mut faults);
    faults
}

/// An RFC 1035 label: `my-name` that starts with a letter, for Services.
pub fn dns_1035_label(text: &str) -> Vec<Fault> {
    let mut faults = too_long(text, MAX_LABEL, "characters");
    let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
    unless(
        starts_well && is_dns_label(text.as_bytes()),
        DNS_1035_RULE,
        &mut faults,
    );
    faults
}

/// A key of labels or annotations, or a finalizer: a name with an optional DNS subdomain before a
/// slash.
pub fn qualified_name(text: &str) -> Vec<Fault> {
    if is_qualified_name(text) {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let name = match split_at_byte(text, b'/') {
        None => text,
        Some((_, name)) if name.as_bytes().contains(&b'/') => return vec![fault(KEY_FORM)],
        Some((prefix, name)) => {
            faults.extend(prefix_faults(prefix).into_iter().map(|f| f.of("prefix")));
            name
        }
    };
    let mut wrong = too_long(name, MAX_LABEL, "bytes");
    unless(!name.is_empty(), "must be non-empty", &mut wrong);
    unless(is_key(name), KEY_RULE, &mut wrong);
    faults.extend(wrong.into_iter().map(|fault| fault.of("name")));
    faults
}

fn is_qualified_name(text: &str) -> bool {
    let (prefix, name) = match split_at_byte(text, b'/') {
        None => (None, text),
        Some((prefix, name)) => (Some(prefix), name),
    };
    let is_prefix = |text: &str| text.len() <= MAX_SUBDOMAIN && are_dns_labels(text);
    prefix.is_none_or(is_prefix) && name.len() <= MAX_LABEL && is_key(name)
}

/// The text before and after the first byte that is this one. For short texts it is faster than
/// searching a character.
fn split_at_byte(text: &str, byte: u8) -> Option<(&str, &str)> {
    let at = text.bytes().position(|b| b == byte)?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

fn prefix_faults(prefix: &str) -> Vec<Fault> {
    if prefix.is_empty() {
        vec![fault("must be non-empty")]
    } else {
        subdomain(prefix, "bytes")
    }
}

/// The value of a label.
pub fn label_value(text: &str) -> Vec<Fault> {
    let mut faults = too_long(text, MAX_LABEL, "bytes");
    unless(text.is_empty() || is_key(text), VALUE_RULE, &mut faults);
    faults
}

/// A segment of a URL's path, for names of roles.
pub fn path_segment(text: &str) -> Vec<Fault> {
    if text == "." || text == ".." {
        return vec![Fault(format!("may not be '{text}'").into())];
    }
    path_segment_prefix(text)
}

/// The start of a [`path_segment`].
pub fn path_segment_prefix(text: &str) -> Vec<Fault> {
    let forbidden = ['/', '%'].into_iter().filter(|&c| text.contains(c));
    forbidden
        .map(|c| Fault(format!("may not contain '{c}'").into()))
        .collect()
}

/// A key of a ConfigMap or Secret.
pub fn config_map_key(text: &str) -> Vec<Fault> {
    let mut faults = too_long(text, MAX_SUBDOMAIN, "characters");
    unless(
        !text.is_empty() && consists_of(text.as_bytes(), KEY),
        CONFIG_KEY_RULE,
        &mut faults,
    );
    faults.extend(parent_folder(text));
    faults
}

/// Rejects paths that lead out of a directory.
fn parent_folder(text: &str) -> Option<Fault> {
    match text {
        "." => Some(fault("must not be '.'")),
        ".." => Some(fault("must not be '..'")),
        _ => text
            .starts_with("..")
            .then_some(fault("must not start with '..'")),
    }
}

/// The name of an environment variable, since Kubernetes 1.32.
pub fn env_var_name(text: &str) -> Vec<Fault> {
    let is_valid = |b: u8| (b == b' ' || b.is_ascii_graphic()) && b != b'=';
    let mut faults = Vec::new();
    unless(
        !text.is_empty(),
        "environment variable name must be non-empty",
        &mut faults,
    );
    unless(text.bytes().all(is_valid), VARIABLE_RULE, &mut faults);
    faults
}

/// The name of an environment variable, before Kubernetes 1.32.
pub fn strict_env_var_name(text: &str) -> Vec<Fault> {
    let starts_well = !text.is_empty() && !text.starts_with(|c: char| c.is_ascii_digit());
    let mut faults = Vec::new();
    unless(
        starts_well && consists_of(text.as_bytes(), KEY),
        STRICT_VARIABLE_RULE,
        &mut faults,
    );
    faults.extend(parent_folder(text));
    faults
}

/// The name of a port.
pub fn port_name(text: &str) -> Vec<Fault> {
    let mut faults = too_long(text, MAX_PORT, "characters");
    for (holds, rule) in [
        (
            !text.is_empty() && consists_of(text.as_bytes(), LOWER | DASH),
            "must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)",
        ),
        (
            text.bytes().any(|b| b.is_ascii_lowercase()),
            "must contain at least one letter (a-z)",
        ),
        (!text.contains("--"), "must not contain consecutive hyphens"),
        (
            !text.starts_with('-') && !text.ends_with('-'),
            "must not begin or end with a hyphen",
        ),
    ] {
        unless(holds, rule, &mut faults);
    }
    faults
}

/// A percentage, such as `93%`.
pub fn percent(text: &str) -> Vec<Fault> {
    let digits = text.strip_suffix('%').unwrap_or_default();
    let mut faults = Vec::new();
    unless(
        !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()),
        PERCENT_RULE,
        &mut faults,
    );
    faults
}

/// The text that an API server checks for the start of a name, such as `generateName`: a dash may
/// be followed by more.
pub fn mask_trailing_dash(prefix: &str) -> Cow<'_, str> {
    match prefix.strip_suffix('-') {
        // The server removes a byte, and produces an invalid text if that is part of a character.
        Some(head) if head.ends_with(|c: char| c.is_ascii()) => {
            Cow::Owned(format!("{}a", &head[..head.len() - 1]))
        }
        _ => Cow::Borrowed(prefix),
    }
}

const fn fault(rule: &'static str) -> Fault {
    Fault(Cow::Borrowed(rule))
}

fn unless(holds: bool, rule: &'static str, faults: &mut Vec<Fault>) {
    if !holds {
        faults.push(fault(rule));
    }
}

fn too_long(text: &str, max: usize, unit: &str) -> Vec<Fault> {
    let is_too_long = text.len() > max;
    let faults = is_too_long.then(|| Fault(format!("must be no more than {max} {unit}").into()));
    faults.into_iter().collect()
}

/// Whether the parts between dots are labels.
fn are_dns_labels(text: &str) -> bool {
    let mut parts = text.as_bytes().split(|b| *b == b'.');
    parts.all(is_dns_label)
}

fn is_dns_label(text: &[u8]) -> bool {
    is_delimited(text, LOWER, LOWER | DASH)
}

fn is_key(text: &str) -> bool {
    is_delimited(text.as_bytes(), LOWER | UPPER, KEY)
}

/// Lowercase letters and digits.
const LOWER: u8 = 1;
const UPPER: u8 = 2;
const DASH: u8 = 4;
const UNDERSCORE: u8 = 8;
const DOT: u8 = 16;
/// What a key of labels may have within.
const KEY: u8 = LOWER | UPPER | DASH | UNDERSCORE | DOT;

/// The class of each byte; 0 for others.
const CLASSES: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = u8::MAX;
    loop {
        classes[byte as usize] = match byte {
            b'a'..=b'z' | b'0'..=b'9' => LOWER,
            b'A'..=b'Z' => UPPER,
            b'-' => DASH,
            b'_' => UNDERSCORE,
            b'.' => DOT,
            _ => 0,
        };
        if byte == 0 {
            break;
        }
        byte -= 1;
    }
    classes
};

/// Whether a text is not empty, its first and last bytes are of some classes, and all are of others.
fn is_delimited(text: &[u8], ends: u8, within: u8) -> bool {
    text.first().is_some_and(|byte| is_of(*byte, ends))
        && text.last().is_some_and(|byte| is_of(*byte, ends))
        && consists_of(text, within)
}

fn consists_of(text: &[u8], classes: u8) -> bool {
    text.iter().all(|byte| is_of(*byte, classes))
}

fn is_of(byte: u8, classes: u8) -> bool {
    CLASSES[usize::from(byte)] & classes != 0
}
