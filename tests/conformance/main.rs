//! Recorded behaviour of the reference, against ours.
//!
//! The recordings are in `tests/recorded`, or in the folder that `FEAST_CONFORMANCE_DIR` names.

#![expect(
    clippy::print_stdout,
    reason = "counts and differences are what is asked for"
)]

mod admission;
mod apply;
mod case;
mod definition;
mod definitions;
mod render;

#[path = "../reference/mod.rs"]
mod reference;
