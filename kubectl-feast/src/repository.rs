//! Git repositories.

use std::path::Path;

/// The root of the repository that contains a folder.
pub(crate) fn root(folder: &Path) -> Option<&Path> {
    let is_root = |folder: &&Path| folder.join(".git").exists();
    folder.ancestors().find(is_root)
}
