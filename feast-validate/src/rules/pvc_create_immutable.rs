//! What a claim was created from cannot change.
//!
//! Kubernetes would refuse most changes to the claim; the rule refuses them where they are made.

use crd_admission::native::eval::{Fault, Object};

pub(super) fn check(this: Object<'_>, old: Object<'_>) -> Result<bool, Fault> {
    this.equals(old)
}
