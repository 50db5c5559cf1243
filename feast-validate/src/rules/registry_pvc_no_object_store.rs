//! A registry on a claim is not in an object store.

use super::facts::File;
use super::file_pvc_path::holds_if_on_claim;
use crd_admission::native::eval::Fault;
use feast_api::rules::is_in_object_store;

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    holds_if_on_claim(file, |path| !is_in_object_store(path))
}
