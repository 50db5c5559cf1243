//! Without a claim, the online store's file has an absolute path.

use super::facts::File;
use crd_admission::native::eval::{Fault, and, not};

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    holds_if_ephemeral(file, |path| path.starts_with('/'))
}

/// `(!has(self.pvc) && has(self.path)) ? test(self.path) : true`
pub(super) fn holds_if_ephemeral(
    file: &File<'_>,
    test: impl FnOnce(&str) -> bool,
) -> Result<bool, Fault> {
    let is_ephemeral = and([not(file.has_pvc), file.path.has()])?;
    if is_ephemeral {
        file.path.test(test)
    } else {
        Ok(true)
    }
}
