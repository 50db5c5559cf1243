//! Without a claim, the online store's file has an absolute path.

use super::eval::{Eval, and, not};
use super::facts::File;

pub(super) fn check(file: &File<'_>) -> Eval<bool> {
    holds_if_ephemeral(file, |path| path.starts_with('/'))
}

/// `(!has(self.pvc) && has(self.path)) ? test(self.path) : true`
pub(super) fn holds_if_ephemeral(file: &File<'_>, test: impl FnOnce(&str) -> bool) -> Eval<bool> {
    let is_ephemeral = and([not(file.has_pvc), file.path.has()])?;
    if is_ephemeral {
        file.path.test(test)
    } else {
        Ok(true)
    }
}
