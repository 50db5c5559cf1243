//! Parses and formats URLs like Go's `net/url`.

use std::fmt::{self, Display};

use super::super::network;
use super::escape::{Part, escape, is_escaped, unescape};
use crate::cel::go::Quoted;

/// A URL in parts, without redundant escapes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Url {
    scheme: String,
    /// The rest after the scheme, if it is not a path.
    opaque: String,
    /// Name and password.
    user: Option<(Vec<u8>, Option<Vec<u8>>)>,
    host: Vec<u8>,
    omits_host: bool,
    path: Escaped,
    /// Whether it ends with an empty query: `?`.
    has_empty_query: bool,
    query: String,
    fragment: Escaped,
}

/// A part, and its original escapes if they are not canonical.
#[derive(Clone, Debug, Default)]
struct Escaped {
    plain: Vec<u8>,
    raw: String,
}

/// A query with more parameters is ignored.
const MAX_PARAMETERS: usize = 10_000;

/// Checks that a text is an absolute URL or path, as in an HTTP request.
pub(in super::super) fn check_request(text: &str) -> Result<(), String> {
    parse(text, true)
        .map(drop)
        .map_err(|reason| failure(text, &reason))
}

fn failure(text: &str, reason: &str) -> String {
    format!("parse {}: {reason}", Quoted(text))
}

impl Url {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let (before, fragment) = text.split_once('#').unwrap_or((text, ""));
        let mut url = parse(before, false).map_err(|reason| failure(before, &reason))?;
        url.fragment =
            Escaped::parse(fragment, Part::Fragment).map_err(|reason| failure(text, &reason))?;
        Ok(url)
    }

    pub(crate) fn scheme(&self) -> &str {
        &self.scheme
    }

    pub(crate) fn host(&self) -> String {
        lossy(&self.host)
    }

    pub(crate) const fn has_user(&self) -> bool {
        self.user.is_some()
    }

    pub(crate) fn has_query(&self) -> bool {
        !self.query.is_empty()
    }

    pub(crate) fn has_fragment(&self) -> bool {
        !self.fragment.plain.is_empty()
    }

    /// The host without brackets, and the port.
    pub(super) fn host_and_port(&self) -> (String, String) {
        let host = self.host();
        let (name, port) = match host.rfind(':') {
            Some(colon) => {
                let (name, port) = host.split_at(colon);
                if is_port(port) {
                    (name, port.get(1..).unwrap_or_default())
                } else {
                    (&*host, "")
                }
            }
            None => (&*host, ""),
        };
        let bare = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'));
        (bare.unwrap_or(name).to_owned(), port.to_owned())
    }

    pub(super) fn escaped_path(&self) -> String {
        match self.path.plain.as_slice() {
            b"*" => "*".to_owned(),
            _ => self.path.escaped(Part::Path),
        }
    }

    /// The parameters of the query, without invalid ones.
    pub(super) fn query(&self) -> Vec<(String, String)> {
        let mut parameters = Vec::new();
        if self.query.split('&').count() > MAX_PARAMETERS {
            return parameters;
        }
        for parameter in self.query.split('&') {
            if parameter.is_empty() || parameter.contains(';') {
                continue;
            }
            let (key, value) = parameter.split_once('=').unwrap_or((parameter, ""));
            if let (Ok(key), Ok(value)) = (unescape(key, Part::Query), unescape(value, Part::Query))
            {
                parameters.push((lossy(&key), lossy(&value)));
            }
        }
        parameters
    }
}

/// Strings cannot contain invalid UTF-8.
fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Escaped {
    fn parse(text: &str, part: Part) -> Result<Self, String> {
        let plain = unescape(text, part)?;
        let raw = if escape(&plain, part) == text {
            ""
        } else {
            text
        }
        .to_owned();
        Ok(Self { plain, raw })
    }

    fn escaped(&self, part: Part) -> String {
        let is_kept = |byte: u8| b"!$&'()*+,;=:@[]%".contains(&byte) || !is_escaped(byte, part);
        if !self.raw.is_empty() && self.raw.bytes().all(is_kept) {
            return self.raw.clone();
        }
        escape(&self.plain, part)
    }
}

/// Parses a URL without fragment.
fn parse(text: &str, is_request: bool) -> Result<Url, String> {
    if text.bytes().any(|byte| byte.is_ascii_control()) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    if text.is_empty() && is_request {
        return Err("empty url".to_owned());
    }
    let mut url = Url::default();
    if text == "*" {
        url.path.plain = b"*".to_vec();
        return Ok(url);
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let mut rest = match rest.split_once('?') {
        Some((rest, query)) => {
            url.has_empty_query = query.is_empty();
            query.clone_into(&mut url.query);
            rest
        }
        None => rest,
    };
    let has_scheme = !url.scheme.is_empty();
    if !rest.starts_with('/') {
        if has_scheme {
            rest.clone_into(&mut url.opaque);
            return Ok(url);
        }
        if is_request {
            return Err("invalid URI for request".to_owned());
        }
        if first_segment(rest).contains(':') {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let may_have_host = has_scheme || !is_request && !rest.starts_with("///");
    match rest.strip_prefix("//") {
        Some(after) if may_have_host => {
            let end = after.find('/').unwrap_or(after.len());
            let (authority, path) = after.split_at(end);
            read_authority(&mut url, authority)?;
            rest = path;
        }
        _ => url.omits_host = has_scheme && rest.starts_with('/'),
    }
    url.path = Escaped::parse(rest, Part::Path)?;
    Ok(url)
}

fn first_segment(path: &str) -> &str {
    path.split('/').next().unwrap_or_default()
}

fn scheme(text: &str) -> Result<(&str, &str), String> {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
    match text.find(|c| !is_letter(c)) {
        Some(0) if text.starts_with(':') => Err("missing protocol scheme".to_owned()),
        Some(end) if text.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            let (scheme, rest) = text.split_at(end);
            Ok(rest
                .strip_prefix(':')
                .map_or(("", text), |rest| (scheme, rest)))
        }
        _ => Ok(("", text)),
    }
}

fn read_authority(url: &mut Url, authority: &str) -> Result<(), String> {
    let Some((user, host)) = authority.rsplit_once('@') else {
        url.host = host(authority)?;
        return Ok(());
    };
    url.host = self::host(host)?;
    let is_valid = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
    if !user.chars().all(is_valid) {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = match user.split_once(':') {
        Some((name, password)) => (name, Some(password)),
        None => (user, None),
    };
    let name = unescape(name, Part::User)?;
    let password = password
        .map(|password| unescape(password, Part::User))
        .transpose()?;
    url.user = Some((name, password));
    Ok(())
}

fn host(text: &str) -> Result<Vec<u8>, String> {
    if text.rfind('[').is_some_and(|at| at > 0) {
        return Err("invalid IP-literal".to_owned());
    }
    let Some(literal) = text.strip_prefix('[') else {
        let port = text.rfind(':').and_then(|colon| text.get(colon..));
        check_port(port.unwrap_or_default())?;
        return unescape(text, Part::Host);
    };
    let Some((name, port)) = literal.rsplit_once(']') else {
        return Err("missing ']' in host".to_owned());
    };
    check_port(port)?;
    let port = unescape(port, Part::Host)?;
    let zone = name.find("%25").unwrap_or(name.len());
    let (address, zone) = name.split_at(zone);
    let mut bare = unescape(address, Part::Host)?;
    bare.extend(unescape(zone, Part::Zone)?);
    let (ip, _) = network::parse_address(&lossy(&bare))
        .map_err(|reason| format!("invalid host: {reason}"))?;
    if ip.is_ipv4() {
        return Err("invalid IP-literal".to_owned());
    }
    Ok([b"[", bare.as_slice(), b"]", &port].concat())
}

fn check_port(port: &str) -> Result<(), String> {
    if is_port(port) {
        return Ok(());
    }
    Err(format!("invalid port {} after host", Quoted(port)))
}

/// Whether the text is empty, or a colon and digits.
fn is_port(text: &str) -> bool {
    let digits = text.strip_prefix(':');
    text.is_empty() || digits.is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The canonical form.
impl Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        if !self.scheme.is_empty() {
            text.push_str(&self.scheme);
            text.push(':');
        }
        if self.opaque.is_empty() {
            self.write_authority(&mut text);
            let path = self.escaped_path();
            if !path.is_empty() && !path.starts_with('/') && !self.host.is_empty() {
                text.push('/');
            }
            if text.is_empty() && first_segment(&path).contains(':') {
                text.push_str("./");
            }
            text.push_str(&path);
        } else {
            text.push_str(&self.opaque);
        }
        if self.has_empty_query || !self.query.is_empty() {
            text.push('?');
            text.push_str(&self.query);
        }
        if !self.fragment.plain.is_empty() {
            text.push('#');
            text.push_str(&self.fragment.escaped(Part::Fragment));
        }
        f.write_str(&text)
    }
}

impl Url {
    fn write_authority(&self, text: &mut String) {
        let has_authority = !self.host.is_empty() || self.user.is_some();
        if !has_authority && (self.scheme.is_empty() || self.omits_host) {
            return;
        }
        if has_authority || !self.path.plain.is_empty() {
            text.push_str("//");
        }
        if let Some((name, password)) = &self.user {
            text.push_str(&escape(name, Part::User));
            if let Some(password) = password {
                text.push(':');
                text.push_str(&escape(password, Part::User));
            }
            text.push('@');
        }
        text.push_str(&escape(&self.host, Part::Host));
    }
}
