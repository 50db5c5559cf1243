//! A claim is referred to or created.

use super::eval::{Eval, exactly_one};
use super::facts::Pvc;

pub(super) fn check(pvc: &Pvc<'_>) -> Eval<bool> {
    exactly_one(pvc.choice.0)
}
