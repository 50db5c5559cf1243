//! Thresholds of lints.

use kube_object_validation::Release;
use serde::{Deserialize, Serialize};

/// Thresholds of lints.
///
/// Exhaustive, so that it can be written as a literal with `..Options::default()`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Options {
    /// Maximum connections of a database. Default: 100, PostgreSQL's `max_connections`.
    pub database_connections: u32,
    /// The Kubernetes release of the cluster. Default: the newest supported one.
    pub kubernetes: Release,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            database_connections: 100,
            kubernetes: Release::LATEST,
        }
    }
}
