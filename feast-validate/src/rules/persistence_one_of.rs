//! A store is kept in a file or in a database.

use super::facts::Choice;
use crd_admission::native::eval::{Fault, exactly_one};

/// The fields, in the order of the rule.
pub(super) const FIELDS: [&str; 2] = ["file", "store"];

pub(super) fn check(choice: &Choice<2>) -> Result<bool, Fault> {
    exactly_one(choice.0)
}
