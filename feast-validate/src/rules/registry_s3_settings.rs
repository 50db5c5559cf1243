//! S3 settings go with an S3 path.

use super::facts::File;
use crd_admission::native::eval::{Fault, and};

pub(super) fn check(file: &File<'_>) -> Result<bool, Fault> {
    if and([file.has_s3_settings, file.path.has()])? {
        file.path.test(|path| path.starts_with("s3://"))
    } else {
        Ok(true)
    }
}
