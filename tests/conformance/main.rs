//! Compares results with recordings of Feast's operator and the API server.
//!
//! The recordings are in `tests/recorded`, or in the directory `FEAST_CONFORMANCE_DIR`.

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
