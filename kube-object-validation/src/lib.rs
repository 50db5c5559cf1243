//! What a Kubernetes API server refuses of its own objects, without a cluster.
//!
//! A CustomResourceDefinition may admit what leads to objects that Kubernetes does not: a mount of a
//! volume that is not there, a request above its limit. The operator then fails where nobody looks.
//! [`check`] foresees it, as a release of Kubernetes answers a server-side apply of an object that
//! does not exist yet, with strict validation.
//!
//! ```
//! use kube_object_validation::{Release, check};
//! use serde_json::json;
//!
//! let refusals = check(&json!({
//!     "apiVersion": "autoscaling/v2",
//!     "kind": "HorizontalPodAutoscaler",
//!     "metadata": { "name": "sample", "namespace": "ml" },
//!     "spec": {
//!         "scaleTargetRef": { "apiVersion": "apps/v1", "kind": "Deployment", "name": "sample" },
//!         "minReplicas": 5,
//!         "maxReplicas": 3,
//!     },
//! }), Release::LATEST);
//! assert_eq!(
//!     refusals[0].to_string(),
//!     "spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`",
//! );
//! assert_eq!(refusals[0].path.pointer(), "/spec/maxReplicas");
//! ```
//!
//! # Overview
//!
//! - [`check`] takes an object as JSON and gives a [`Refusal`] for each field that is refused: its
//!   [`Kind`], where it is, and what the API server says.
//! - It knows `ConfigMap`, `Secret`, `PersistentVolumeClaim`, `Service`, `ServiceAccount`, `Deployment`,
//!   `CronJob`, `HorizontalPodAutoscaler`, `PodDisruptionBudget`, and roles and bindings of RBAC. Of
//!   others it refuses nothing.
//! - A [`Release`] says which features are on. Gates are as Kubernetes sets them by default.
//!
//! What admission plugins, quotas and policies of a cluster refuse is not part of it.

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
mod node;
mod paths;
mod percent;
mod pod;
mod probe;
mod projected;
mod rbac;
mod refusal;
mod release;
mod resources;
mod schedule;
mod scheduling;
mod security;
mod service;
mod time_zone;
mod volumes;

use apimachinery::names;
pub use apimachinery::{FieldPath, Release, Segment, UnknownRelease};
use serde_json::Value;

use node::Node;
use refusal::Refusals;
pub use refusal::{Kind, Refusal};

/// What an API server of a release refuses of an object; nothing if it takes it, or if the object
/// is of another kind than those that are known.
pub fn check(object: &Value, release: Release) -> Vec<Refusal> {
    let mut refusals = Refusals::of(release);
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
