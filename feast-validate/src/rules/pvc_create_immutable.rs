//! What a claim was created from cannot change.
//!
//! Kubernetes would refuse most changes to the claim; the rule refuses them where they are made.

use super::eval::{Eval, Object};

pub(super) fn check(this: Object<'_>, old: Object<'_>) -> Eval<bool> {
    this.equals(old)
}
