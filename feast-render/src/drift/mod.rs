//! Compares a cluster's objects with their rendering.
//!
//! ```
//! use feast_render::drift::{differences, is_settled};
//! use serde_json::json;
//!
//! let wanted = json!({ "spec": { "replicas": 2 } });
//! // The stored object, with this manager's field set instead of its `managedFields` entry.
//! let mut live = json!({
//!     "metadata": { "managedFields": [{ "f:spec": { "f:replicas": {} } }] },
//!     "spec": { "replicas": 2, "paused": true },
//! });
//! assert!(is_settled(&live, &wanted));
//! live["spec"]["replicas"] = 1.into();
//! assert_eq!(differences(&live, &wanted), ["spec.replicas"]);
//! ```

mod differences;
mod owned;
mod settled;

pub use self::differences::{differences, restarts_pods};
pub use self::owned::{MANAGER, own_fields};
pub use self::settled::{is_installed, is_installed_kind, is_settled};
