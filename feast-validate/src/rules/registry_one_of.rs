//! The registry is local or remote.

use super::facts::Choice;
use crd_admission::native::eval::{Fault, exactly_one};

/// The fields, in the order of the rule.
pub(super) const FIELDS: [&str; 2] = ["local", "remote"];

pub(super) fn check(choice: &Choice<2>) -> Result<bool, Fault> {
    exactly_one(choice.0)
}
