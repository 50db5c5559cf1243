//! The operator on a real API server: what it makes of FeatureStores, and that it gets there
//! whatever happens.
//!
//! Every operator runs under a ServiceAccount of its own and reaches the server through a proxy,
//! which counts its requests and lets some fail when it is told to. `FEAST_KUBECONFIG` leads to the
//! server, of which the tests take what they want; `tests/cluster/run.sh` starts one.
//! Further manifests are the published samples: see `test_support::published`.

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
