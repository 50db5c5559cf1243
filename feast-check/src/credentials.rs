//! Hides credentials.

/// Hides the user information before the `@` of a URL, keeping all positions.
///
/// ```
/// let shown = feast_check::without_credentials("git: https://me:token@host/x");
/// assert_eq!(shown, "git: https://********@host/x");
/// ```
pub fn without_credentials(text: &str) -> String {
    hiding(text, |shown, credentials| {
        shown.push_str(&"*".repeat(credentials.len()));
    })
}

/// Like [`without_credentials`], but also hides their length. For texts into which no positions
/// point.
pub(crate) fn without_traces(text: &str) -> String {
    hiding(text, |shown, _| shown.push_str("***"))
}

fn hiding(text: &str, mut hide: impl FnMut(&mut String, &str)) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(scheme) = rest.find("://") {
        let (before, after) = rest.split_at(scheme + 3);
        shown.push_str(before);
        let (credentials, after) = after.split_at(credentials(after));
        if !credentials.is_empty() {
            hide(&mut shown, credentials);
        }
        // Of the rest, nothing is hidden twice.
        let end = authority(after);
        shown.push_str(&after[..end]);
        rest = &after[end..];
    }
    shown.push_str(rest);
    shown
}

/// The length of the user information that a text starts with.
fn credentials(text: &str) -> usize {
    let host = authority(text);
    if let Some(at) = text[..host].rfind('@') {
        return at;
    }
    // SQLAlchemy reads passwords with a `/` that is not escaped.
    if !text[..host].contains(':') {
        return 0;
    }
    let end = text.find(|c: char| c.is_whitespace() || c == '"');
    let Some(at) = text[..end.unwrap_or(text.len())].find('@') else {
        return 0;
    };
    let host = at + authority(&text[at..]);
    text[..host].rfind('@').unwrap_or(at)
}

/// The length of what comes before the path, or before the end of the address.
fn authority(text: &str) -> usize {
    let end = text.find(|c: char| c.is_whitespace() || "/'\"`,;)]}".contains(c));
    end.unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_of_addresses_are_hidden() {
        assert_eq!(
            without_credentials("a: https://me:pw@host/x@y\nb: {c: \"git://t@h\"} ssh://h"),
            "a: https://*****@host/x@y\nb: {c: \"git://*@h\"} ssh://h",
        );
        assert_eq!(without_traces("git://me:pw@h/x"), "git://***@h/x");
    }

    #[test]
    fn passwords_need_not_be_escaped() {
        for (text, shown) in [
            (
                "path: sql://me:p/w@host:5432/db",
                "path: sql://***@host:5432/db",
            ),
            ("sql://me:p,'w@host/db", "sql://***@host/db"),
            ("sql://me:p/w@x@host/db?a=b@c", "sql://***@host/db?a=b@c"),
            ("sql://me:/@h/d git://you:/@h", "sql://***@h/d git://***@h"),
            (
                r#"{"a":"redis://h:80/0","b":"x@y"}"#,
                r#"{"a":"redis://h:80/0","b":"x@y"}"#,
            ),
            ("git+https://h/org/name@v1", "git+https://h/org/name@v1"),
            ("http://[::1]:80 a@b", "http://[::1]:80 a@b"),
        ] {
            assert_eq!(without_traces(text), shown);
        }
    }
}
