//! The operator as a program, beside the cluster in memory.

#![expect(clippy::unwrap_used, reason = "whatever goes wrong fails the test")]

mod cluster;
mod load;
mod operator;
mod serving;
#[allow(dead_code, reason = "others use more of it")]
#[path = "../e2e/stores.rs"]
mod stores;
#[cfg(feature = "opentelemetry")]
mod traces;
