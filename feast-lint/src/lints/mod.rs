//! The lints, a file each.

mod hpa_minimum_above_maximum;
mod hpa_minimum_of_one;
mod suppression_of_unknown;
mod suppression_without_effect;
mod suppression_without_reason;

use crate::lint::Lint;

pub(crate) use suppression_of_unknown::LINT as SUPPRESSION_OF_UNKNOWN;
pub(crate) use suppression_without_effect::LINT as SUPPRESSION_WITHOUT_EFFECT;
pub(crate) use suppression_without_reason::LINT as SUPPRESSION_WITHOUT_REASON;

/// Every lint, by group.
pub const LINTS: &[&Lint] = &[
    // Scaling.
    &hpa_minimum_above_maximum::LINT,
    &hpa_minimum_of_one::LINT,
    // Suppression.
    &suppression_of_unknown::LINT,
    &suppression_without_effect::LINT,
    &suppression_without_reason::LINT,
];
