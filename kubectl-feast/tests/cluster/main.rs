//! The plugin on a real API server.
//!
//! `FEAST_KUBECONFIG` leads to the server; `tests/cluster/run.sh` starts one. `KUBECTL` selects
//! another kubectl than that on the path.

mod external_diff;
#[cfg(feature = "live")]
mod live;
mod program;
