//! One origin of the feature repository.

use super::facts::Choice;
use crd_admission::native::eval::{Fault, exactly_one};

/// The fields, in the order of the rule.
pub(super) const FIELDS: [&str; 3] = ["git", "init", "packaged"];

pub(super) fn check(choice: &Choice<3>) -> Result<bool, Fault> {
    exactly_one(choice.0)
}
