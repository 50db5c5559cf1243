//! Object names in URL paths, which clients insert unescaped.

use std::borrow::Cow;

use apimachinery::names::path_segment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Encodes everything except characters without a special meaning in paths.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// A name as a path segment: names of Roles may have spaces, question marks and other characters.
pub fn segment(name: &str) -> Cow<'_, str> {
    utf8_percent_encode(name, ENCODED).into()
}

/// The API server's message for a new object whose name cannot be in a path, such as `..` or `a/b`.
/// Clients must not send such a request, because its URL would mean something else.
pub fn refusal(name: &str) -> Option<String> {
    let faults = path_segment(name);
    let fault = faults.first()?;
    Some(format!("metadata.name: Invalid value: \"{name}\": {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_in_paths() {
        assert_eq!(segment("feast:ml:a-b.c:binding"), "feast:ml:a-b.c:binding");
        assert_eq!(segment("a b?c#d+é"), "a%20b%3Fc%23d%2B%C3%A9");
        assert_eq!(refusal("a b?c#d"), None);
        for name in [".", "..", "a/b", "a%2Fb"] {
            assert!(refusal(name).is_some_and(|refusal| refusal.contains(name)));
        }
    }
}
