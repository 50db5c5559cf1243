//! The online store's file is not in an object store.

use super::facts::File;
use crd_admission::native::eval::Fault;
use feast_api::rules::is_in_object_store;

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    file.path.holds_if_given(|path| !is_in_object_store(path))
}
