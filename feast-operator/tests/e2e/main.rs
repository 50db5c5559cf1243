//! The operator on a real API server: what it creates for FeatureStores, and that it recovers from
//! faults.
//!
//! Each operator has its own ServiceAccount and reaches the server through a proxy, which counts
//! its requests and can make some fail. `FEAST_KUBECONFIG` leads to the server, which the tests use
//! freely; `tests/cluster/run.sh` starts one. Further manifests are the published samples: see
//! `test_support::published`.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "whatever fails ends a test"
)]
#![expect(clippy::print_stdout, reason = "what was refused and counted is told")]

mod cluster;
mod metrics;
mod operator;
mod plan;
mod proxy;
mod replicas;
mod stores;

mod alone;
mod changes;
mod faults;
mod foreseen;
mod install;
mod leader;
mod load;
mod rights;
mod scaling;
mod webhook;
