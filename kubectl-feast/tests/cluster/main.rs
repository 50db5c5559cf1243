//! The plugin on a real API server.
//!
//! `FEAST_KUBECONFIG` leads to the server; `tests/cluster/run.sh` starts one. `KUBECTL` names another
//! kubectl than that of the path.

mod external_diff;
#[cfg(feature = "live")]
mod live;
mod program;
