//! The feature repository's place in the image is an absolute, canonical path.

use super::facts::RepoPath;
use crd_admission::native::eval::Fault;

pub(super) fn check(packaged: &RepoPath<'_>) -> Result<bool, Fault> {
    packaged.feature_repo_path.test(is_canonical)
}

/// Below the root, without a slash at the end, empty segments, or `.` and `..`.
fn is_canonical(path: &str) -> bool {
    let Some(segments) = path.strip_prefix('/') else {
        return false;
    };
    segments
        .split('/')
        .all(|segment| !matches!(segment, "" | "." | ".."))
}

#[cfg(test)]
mod tests {
    use super::is_canonical;

    #[test]
    fn canonical_paths() {
        for path in ["/a", "/a/b", "/.a", "/a..", "/..."] {
            assert!(is_canonical(path), "{path}");
        }
        for path in [
            "", "/", "a", "/a/", "//a", "/a//b", "/.", "/..", "/a/./b", "/a/..",
        ] {
            assert!(!is_canonical(path), "{path}");
        }
    }
}
