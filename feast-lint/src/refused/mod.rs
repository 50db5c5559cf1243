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

mod annotations;
mod autoscaler;
mod claim;
mod container;
mod cron_job;
mod data;
mod deployment;
mod disruption_budget;
mod env;
mod iscsi;
mod job;
mod labels;
mod merge;
mod metadata;
mod names;
mod node;
mod percent;
mod pod;
mod probe;
mod projected;
mod quantity;
mod rbac;
mod refusal;
mod resources;
mod schedule;
mod scheduling;
mod security;
mod service;
mod time_zone;
mod volumes;

use feast_render::Object;
use serde_json::Value;

use node::Node;
use refusal::Refusals;
pub use refusal::{Kind, Refusal};

/// What an API server refuses of an object; nothing if it takes it, or if the object is not of a
/// kind that is rendered and that Kubernetes has itself.
pub fn check(object: &Value) -> Vec<Refusal> {
    let mut refusals = Refusals::default();
    let root = Node::root(object);
    merge::check(&root, &mut refusals);
    if refusals.is_empty() {
        check_fields(&root, &mut refusals);
    }
    refusals.into_vec()
}

fn check_fields(object: &Node<'_, '_>, out: &mut Refusals) {
    match object.get("kind").text_or_empty() {
        "ConfigMap" => data::check_config_map(object, out),
        "Secret" => data::check_secret(object, out),
        "PersistentVolumeClaim" => claim::check(object, out),
        "Service" => service::check(object, out),
        "ServiceAccount" => metadata::check(object, names::dns_subdomain, out),
        "Deployment" => deployment::check(object, out),
        "CronJob" => cron_job::check(object, out),
        "HorizontalPodAutoscaler" => autoscaler::check(object, out),
        "PodDisruptionBudget" => {
            disruption_budget::check(object, out);
            // Of these the API server looks at metadata last, and only if there is no fault yet.
            if out.is_empty() {
                metadata::check(object, names::path_segment, out);
            }
        }
        "Role" | "ClusterRole" => rbac::check_role(object, out),
        "RoleBinding" | "ClusterRoleBinding" => rbac::check_binding(object, out),
        _ => {}
    }
}

/// What an API server refuses of a rendered object.
pub fn check_rendered(object: Object<'_>) -> Vec<Refusal> {
    check(&object.to_value())
}
