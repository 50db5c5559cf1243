//! What lints measure by.

use kube_object_validation::Release;
use serde::{Deserialize, Serialize};

/// What lints measure by.
///
/// Exhaustive, so that it can be written as a literal with `..Options::default()`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "camelCase")]
pub struct Options {
    /// Connections that a database grants. Default: 100, PostgreSQL's `max_connections`.
    pub database_connections: u32,
    /// The release of Kubernetes that the objects are made for. Default: the newest that is known.
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
