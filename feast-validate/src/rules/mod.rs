//! The CRD's rules in native Rust, generated from their CEL text.
//!
//! [`RULES`] has a twin for each rule of the CRD, matched by its text. A test generates the twins
//! and the checks of typed values from the current CRD, and fails if they are stale: after changing
//! a rule in [`feast_api::rules`], run `.ci/generate`.

#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "nobody writes this")]
mod json;
#[cfg(feature = "types")]
pub(crate) mod typed;
#[cfg(test)]
mod writer;

pub use self::json::RULES;
pub use crd_admission::native::{Eval, Fault, NativeRule, Object};
