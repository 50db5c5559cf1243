//! The operator on an in-memory cluster with a paused clock: what it creates for FeatureStores, and
//! that it recovers from faults.

#![expect(clippy::unwrap_used, reason = "whatever fails ends a test")]

#[path = "../e2e/stores.rs"]
mod stores;

mod plan;
mod rig;

mod claims;
mod departed;
mod dictionary;
mod events;
mod faults;
mod health;
mod histories;
mod leader;
mod lifecycles;
mod load;
mod paused;
mod preview;
mod rates;
mod rest;
mod shards;
mod spans;
mod status;
mod traces;
mod unreadable;
