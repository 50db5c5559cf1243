//! Facade.

pub mod gather;
pub mod manifest;
