//! Facade.

pub mod manifest;
