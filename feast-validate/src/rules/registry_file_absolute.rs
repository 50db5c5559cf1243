//! Without a claim, the registry's file has an absolute path or an object store's URI.

use super::facts::File;
use super::online_file_absolute::holds_if_ephemeral;
use super::online_file_no_object_store::is_in_object_store;
use crd_admission::native::eval::Fault;

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    holds_if_ephemeral(file, |path| {
        path.starts_with('/') || is_in_object_store(path)
    })
}
