//! A claim is referred to or created.

use crd_admission::native::eval::{Fault, exactly_one};
use super::facts::Pvc;

pub(super) fn check(pvc: &Pvc<'_>) -> Result<bool, Fault> {
    exactly_one(pvc.choice.0)
}
