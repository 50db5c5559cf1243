//! The format `uri`: what Go's `url.ParseRequestURI` accepts.

/// Whether a text is an absolute URI or an absolute path.
pub(super) fn is_request_uri(text: &str) -> bool {
    if text.is_empty() || text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return false;
    }
    if text == "*" {
        return true;
    }
    let Some((has_scheme, rest)) = split_scheme(text) else {
        return false;
    };
    let rest = rest.split_once('?').map_or(rest, |(path, _)| path);
    if !rest.starts_with('/') {
        // An opaque URI, such as `mailto:a@b`.
        return has_scheme;
    }
    let path = match rest.strip_prefix("//") {
        Some(after) if has_scheme || !rest.starts_with("///") => {
            let end = after.find('/').unwrap_or(after.len());
            let (authority, path) = after.split_at(end);
            if !is_authority(authority) {
                return false;
            }
            path
        }
        _ => rest,
    };
    has_good_escapes(path)
}

/// Whether there is a scheme, and the rest; `None` if the scheme is invalid.
fn split_scheme(text: &str) -> Option<(bool, &str)> {
    for (at, c) in text.char_indices() {
        match c {
            'a'..='z' | 'A'..='Z' => {}
            '0'..='9' | '+' | '-' | '.' if at > 0 => {}
            ':' if at == 0 => return None,
            ':' => return Some((true, text.get(at + 1..)?)),
            _ => break,
        }
    }
    Some((false, text))
}

fn is_authority(authority: &str) -> bool {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    user.is_none_or(|user| user.chars().all(is_user_character) && has_good_escapes(user))
        && is_host(host)
}

fn is_user_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c)
}

fn is_host(host: &str) -> bool {
    if host.starts_with('[') {
        let Some((address, port)) = host.rsplit_once(']') else {
            return false;
        };
        let address = address.trim_start_matches('[');
        let address = address
            .split_once("%25")
            .map_or(address, |(address, _)| address);
        return is_port(port) && address.parse::<std::net::Ipv6Addr>().is_ok();
    }
    let port = host
        .find(':')
        .map_or("", |at| host.get(at..).unwrap_or_default());
    let is_good = |c: char| {
        !c.is_ascii() || c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:[]<>\"%".contains(c)
    };
    // In a host, ASCII characters must not be escaped.
    let is_ascii_escaped = host.split('%').skip(1).any(|escape| {
        let first = escape.chars().next();
        !first.is_some_and(|c| matches!(c, '8' | '9' | 'a'..='f' | 'A'..='F'))
    });
    is_port(port) && host.chars().all(is_good) && has_good_escapes(host) && !is_ascii_escaped
}

/// Empty, or a colon and digits.
fn is_port(port: &str) -> bool {
    port.is_empty()
        || port
            .strip_prefix(':')
            .is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
}

/// Whether each `%` precedes two hexadecimal digits.
fn has_good_escapes(text: &str) -> bool {
    text.split('%').skip(1).all(|escape| {
        let digits = escape.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}
