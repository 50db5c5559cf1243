//! The feature repository lies inside the clone. The rule only refuses a leading slash.

use super::facts::RepoPath;
use crd_admission::native::eval::Fault;

pub(super) fn check(git: &RepoPath<'_>) -> Result<bool, Fault> {
    git.feature_repo_path
        .holds_if_given(|path| !path.starts_with('/'))
}
