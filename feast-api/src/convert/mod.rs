//! Conversion between API versions.
//!
//! `v1alpha1` is a subset of `v1`: [`From`] converts up; [`downgrade`] converts down and lists the
//! lost fields.

mod down;
mod up;

pub use down::{Downgraded, downgrade};
