//! The feature repository lies inside the clone. The rule only refuses a leading slash.

use super::eval::Eval;
use super::facts::RepoPath;

pub(super) fn check(git: &RepoPath<'_>) -> Eval<bool> {
    git.feature_repo_path
        .holds_if_given(|path| !path.starts_with('/'))
}
