//! Without a claim, the registry's file has an absolute path or an object store's URI.

use super::facts::File;
use super::online_file_absolute::holds_if_ephemeral;
use crd_admission::native::eval::Fault;
use feast_api::rules::is_in_object_store;

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    holds_if_ephemeral(file, |path| {
        path.starts_with('/') || is_in_object_store(path)
    })
}
