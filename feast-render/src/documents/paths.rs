//! Paths of files on claims.

use feast_api::v1::PvcConfig;

/// A path; if there is a claim, below its mount path.
pub(super) fn on_claim(path: &str, claim: Option<&PvcConfig>) -> String {
    match claim {
        Some(claim) => join(&claim.mount_path, path),
        None => path.to_owned(),
    }
}

/// Joins two parts and resolves `.`, `..` and repeated slashes, as Go's `path.Join` does.
fn join(mount: &str, path: &str) -> String {
    let rooted = mount.starts_with('/') || mount.is_empty() && path.starts_with('/');
    let mut parts = Vec::new();
    for part in mount.split('/').chain(path.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => {
                parts.pop();
            }
            ".." if rooted => {}
            _ => parts.push(part),
        }
    }
    format!("{}{}", if rooted { "/" } else { "" }, parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_and_cleans() {
        for (mount, path, expected) in [
            ("/d/", "./x", "/d/x"),
            ("/d", "", "/d"),
            ("/d", "a//b/../c", "/d/a/c"),
            ("/d", "../../x", "/x"),
            ("/", "x", "/x"),
            ("/d", "/x", "/d/x"),
            ("d", "/x", "d/x"),
            ("d", "../../x", "../x"),
            ("d", "../../../x", "../../x"),
            ("", "/x", "/x"),
        ] {
            assert_eq!(join(mount, path), expected);
        }
        assert_eq!(on_claim("./x", None), "./x");
    }
}
