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
        let end = after.find(|c: char| c.is_whitespace() || "/'\"`,;)]}".contains(c));
        let (authority, after) = after.split_at(end.unwrap_or(after.len()));
        match authority.rfind('@') {
            Some(at) => {
                hide(&mut shown, &authority[..at]);
                shown.push_str(&authority[at..]);
            }
            None => shown.push_str(authority),
        }
        rest = after;
    }
    shown.push_str(rest);
    shown
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
}
