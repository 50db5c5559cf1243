//! A claim is mounted at an absolute path without a colon.

use super::facts::Pvc;
use crd_admission::native::eval::Fault;

pub(super) fn check(pvc: &Pvc<'_>) -> Result<bool, Fault> {
    pvc.mount_path
        .test(|path| path.starts_with('/') && !path.contains(':'))
}
