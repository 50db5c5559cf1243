//! With a claim, the path is relative to its mount. The rule only refuses a leading slash.

use super::facts::File;
use crd_admission::native::eval::{Fault, and};

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    holds_if_on_claim(file, |path| !path.starts_with('/'))
}

/// `(has(self.pvc) && has(self.path)) ? test(self.path) : true`
pub(super) fn holds_if_on_claim(
    file: &File<'_>,
    test: impl FnOnce(&str) -> bool,
) -> Result<bool, Fault> {
    let is_on_claim = and([file.has_pvc, file.path.has()])?;
    if is_on_claim {
        file.path.test(test)
    } else {
        Ok(true)
    }
}
