//! A claim is referred to or created.

use super::facts::Pvc;
use crd_admission::native::eval::{Fault, exactly_one};

pub(super) fn check(pvc: &Pvc<'_>) -> Result<bool, Fault> {
    exactly_one(pvc.choice.0)
}
