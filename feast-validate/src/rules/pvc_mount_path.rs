//! A claim is mounted at an absolute path without a colon.

use super::eval::Eval;
use super::facts::Pvc;

pub(super) fn check(pvc: &Pvc<'_>) -> Eval<bool> {
    pvc.mount_path
        .test(|path| path.starts_with('/') && !path.contains(':'))
}
