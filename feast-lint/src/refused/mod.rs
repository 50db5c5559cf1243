//! What a Kubernetes API server refuses of the objects that are rendered.
//!
//! A FeatureStore that the CRD admits may ask for objects that it does not: a mount of a volume that
//! is not there, a request above its limit. The operator then fails where nobody looks.
//! [`check`] foresees it, as Kubernetes 1.35 answers a server-side apply of an object that does not
//! exist yet, with strict validation.
//!
//! ```
//! use feast_lint::refused;
//! use serde_json::json;
//!
//! let refusals = refused::check(&json!({
//!     "apiVersion": "autoscaling/v2",
//!     "kind": "HorizontalPodAutoscaler",
//!     "metadata": { "name": "feast-sample", "namespace": "ml" },
//!     "spec": {
//!         "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "feast-sample" },
//!         "minReplicas": 5,
//!         "maxReplicas": 3,
//!     },
//! }));
//! assert_eq!(
//!     refusals[0].to_string(),
//!     "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`",
//! );
//! ```

mod autoscaler;
mod node;
mod refusal;

use feast_render::Object;
use serde_json::Value;

use node::Node;
use refusal::Refusals;
pub use refusal::{Kind, Refusal};

/// What an API server refuses of an object; nothing if it takes it, or if its kind is not one that
/// is rendered.
pub fn check(object: &Value) -> Vec<Refusal> {
    let mut refusals = Refusals::default();
    let root = Node::root(object);
    if object["kind"] == "HorizontalPodAutoscaler" {
        autoscaler::check(&root, &mut refusals);
    }
    refusals.into_vec()
}

/// What an API server refuses of a rendered object.
pub fn check_rendered(object: Object<'_>) -> Vec<Refusal> {
    check(&object.to_value())
}
