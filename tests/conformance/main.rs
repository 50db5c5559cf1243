//! Recorded behaviour of the reference, against ours.
//!
//! `FEAST_CONFORMANCE_DIR` names the folder of the recordings; by default it is
//! `../shared/conformance` beside the workspace.

#![expect(
    clippy::print_stdout,
    reason = "counts and differences are what is asked for"
)]

mod admission;
mod apply;
mod case;
mod render;

use std::path::{Path, PathBuf};

/// A part of the recordings.
fn folder(part: &str) -> PathBuf {
    let folder = std::env::var_os("FEAST_CONFORMANCE_DIR").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/conformance"),
        PathBuf::from,
    );
    folder.join(part)
}
