//! File URIs.

use std::path::{Path, PathBuf};

use percent_encoding::percent_decode_str;

/// The path in a file URI; `None` for other URIs, such as that of an unsaved text.
pub(super) fn path(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    // The part before the path is a host: localhost or none.
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if !path.starts_with('/') || path.contains('\0') {
        return None;
    }
    // `/C:/stores` on Windows.
    let path = match path.get(1..) {
        Some(inner) if cfg!(windows) && inner.get(1..2) == Some(":") => inner,
        _ => &path,
    };
    Some(crate::input::plain(Path::new(path)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn files_have_paths() {
        for (uri, expected) in [
            ("file:///a/b.yaml", Some("/a/b.yaml")),
            ("file://localhost/a/b.yaml", Some("/a/b.yaml")),
            ("file:///a%20b/%C3%BC.yaml", Some("/a b/ü.yaml")),
            ("file:///a/./c/../b.yaml", Some("/a/b.yaml")),
            ("file://host/b.yaml", None),
            ("file:///%FF", None),
            ("file:///a%00b", None),
            ("untitled:Untitled-1", None),
            ("", None),
        ] {
            assert_eq!(path(uri), expected.map(PathBuf::from), "{uri}");
        }
    }
}
