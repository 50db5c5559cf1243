//! Names of objects as parts of a URL's path, where a client puts them as they are.

use std::borrow::Cow;

use apimachinery::names::path_segment;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All that has no meaning of its own in a path is left as it is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b':');

/// The name as a path has it: those of roles may have spaces, question marks and more.
pub fn segment(name: &str) -> Cow<'_, str> {
    utf8_percent_encode(name, ENCODED).into()
}

/// What an API server says to a new object of a name that no path can have, such as `..` or `a/b`,
/// which a client must not even ask for: it would ask for something else.
pub fn refusal(name: &str) -> Option<String> {
    let faults = path_segment(name);
    let fault = faults.first()?;
    Some(format!("metadata.name: Invalid value: \"{name}\": {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_nothing_in_a_path() {
        assert_eq!(segment("feast:ml:a-b.c:binding"), "feast:ml:a-b.c:binding");
        assert_eq!(segment("a b?c#d+é"), "a%20b%3Fc%23d%2B%C3%A9");
        assert_eq!(refusal("a b?c#d"), None);
        for name in [".", "..", "a/b", "a%2Fb"] {
            assert!(refusal(name).is_some_and(|refusal| refusal.contains(name)));
        }
    }
}
