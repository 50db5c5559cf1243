//! The plugin with an in-memory cluster.
#![cfg(feature = "live")]

mod cluster;
mod diff;
mod failures;
mod objects;
mod render;
mod status;
mod validate;
