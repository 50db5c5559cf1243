//! The plugin and a cluster in memory.
#![cfg(feature = "live")]

mod cluster;
mod diff;
mod failures;
mod objects;
mod render;
mod status;
mod validate;
