//! Rules for paths in volumes, and for similar names.

/// The violation of a rule.
pub(crate) type Fault = Option<&'static str>;

/// A path without `..`.
pub(crate) fn no_backsteps(text: &str) -> Fault {
    text.split('/')
        .any(|part| part == "..")
        .then_some("must not contain '..'")
}

/// A relative path without `..`.
pub(crate) fn descending_path(text: &str) -> Fault {
    if text.starts_with('/') {
        Some("must be a relative path")
    } else {
        no_backsteps(text)
    }
}

/// A relative path without `..`, whose first part does not start with `..` either.
pub(crate) fn file_path(text: &str) -> Fault {
    let reserved = text.starts_with("..").then_some("must not start with '..'");
    descending_path(text).or(reserved)
}

/// The name of a kernel parameter.
pub(crate) fn sysctl(text: &str) -> Fault {
    let is_end = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let is_segment = |segment: &str| {
        let bytes = segment.as_bytes();
        bytes.first().is_some_and(|b| is_end(*b))
            && bytes.last().is_some_and(|b| is_end(*b))
            && bytes.iter().all(|b| is_end(*b) || matches!(b, b'-' | b'_'))
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
    fn paths_stay_below() {
        check(no_backsteps, &["/a", "a/..b"], &["..", "/a/../b"]);
        check(descending_path, &["a/b", "..a"], &["/a", "a/.."]);
        check(
            file_path,
            &["a/b", ".a", "a/..b"],
            &["/a", "..", "../a", "a/..", "..a"],
        );
    }

    #[test]
    fn kernel_parameters_have_segments() {
        check(
            sysctl,
            &["net.ipv4.ip_forward", "a/b"],
            &["", "A.b", "a..b", "a.-b", "a.b_"],
        );
    }
}
