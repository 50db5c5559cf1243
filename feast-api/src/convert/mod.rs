//! Conversion between the versions.
//!
//! `v1alpha1` is a subset of `v1`: [`From`] takes an object up, and [`downgrade`] takes one down
//! and says what it lost on the way.

mod down;
mod up;

pub use down::{Downgraded, downgrade};
