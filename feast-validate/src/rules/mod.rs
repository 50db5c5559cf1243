//! The CRD's rules in native Rust, written from their CEL text.
//!
//! [`RULES`] has a twin for each rule of the CRD, to be told apart by the text. A test writes them,
//! and the checks of typed values with them, from today's CRD, and fails if they are stale: whoever
//! changes a rule in [`feast_api::rules`] runs `.ci/generate`.

#[rustfmt::skip]
#[allow(clippy::all, clippy::pedantic, reason = "nobody writes this")]
mod json;
#[cfg(feature = "types")]
pub(crate) mod typed;
#[cfg(test)]
mod writer;

pub use self::json::RULES;
pub use crd_admission::native::{Eval, Fault, NativeRule, Object};
