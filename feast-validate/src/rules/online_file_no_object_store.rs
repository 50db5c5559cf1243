//! The online store's file is not in an object store.

use super::facts::File;
use crd_admission::native::eval::Fault;

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    file.path.holds_if_given(|path| !is_in_object_store(path))
}

/// Whether a path is the URI of an object in S3 or Google Cloud Storage. The scheme is enough.
pub(super) fn is_in_object_store(path: &str) -> bool {
    path.starts_with("s3://") || path.starts_with("gs://")
}
