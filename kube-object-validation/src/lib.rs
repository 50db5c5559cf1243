//! The Kubernetes API server's validation of built-in kinds, without a cluster.
//!
//! A custom resource can be valid and still lead to objects that the API server rejects: a mount of a
//! missing volume, a request above its limit. The operator then fails, and only its log says why.
//! [`check`] finds such errors: it answers as a release of Kubernetes does to a server-side apply of a
//! new object, with strict field validation.
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
//! - [`check`] takes an object as JSON and returns a [`Refusal`] for each rejected field: its [`Kind`],
//!   its path, and the API server's message.
//! - It validates `ConfigMap`, `Secret`, `PersistentVolumeClaim`, `Service`, `ServiceAccount`, `Deployment`,
//!   `CronJob`, `HorizontalPodAutoscaler`, `PodDisruptionBudget`, and RBAC roles and bindings. It
//!   accepts objects of other kinds.
//! - A [`Release`] decides which features are enabled. Feature gates have their defaults.
//!
//! It does not cover admission plugins, quotas and policies of a cluster.

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
mod tree;
mod volumes;

use apimachinery::names;
pub use apimachinery::{FieldPath, Release, Segment, UnknownRelease};
use serde::Serialize;
use serde_json::Value;

use node::Node;
use refusal::Refusals;
pub use refusal::{Kind, Refusal};
pub use tree::NotSerializable;
use tree::Tree;

/// The fields of an object that the API server of a release rejects. Empty if it accepts the object,
/// or if the kind is not one of those above.
pub fn check(object: &Value, release: Release) -> Vec<Refusal> {
    check_typed(object, release).unwrap_or_default()
}

/// Like [`check`], for a typed object, such as one of `k8s-openapi`. It takes less time than making
/// a [`Value`] of it.
///
/// ```
/// use kube_object_validation::{Release, check_typed};
/// use serde::Serialize;
///
/// #[derive(Serialize)]
/// struct Account {
///     kind: &'static str,
///     metadata: Metadata,
/// }
/// #[derive(Serialize)]
/// struct Metadata {
///     name: &'static str,
/// }
///
/// let account = Account { kind: "ServiceAccount", metadata: Metadata { name: "a b" } };
/// assert_eq!(check_typed(&account, Release::LATEST)?[0].field, "metadata.name");
/// # Ok::<(), kube_object_validation::NotSerializable>(())
/// ```
///
/// # Errors
///
/// [`NotSerializable`]: it has a part that no object of Kubernetes has.
pub fn check_typed<T: Serialize + ?Sized>(
    object: &T,
    release: Release,
) -> Result<Vec<Refusal>, NotSerializable> {
    let mut refusals = Refusals::of(release);
    let tree = Tree::of(object)?;
    let root = Node::root(tree.root());
    merge::check(&root, &mut refusals);
    if refusals.is_empty() {
        check_fields(&root, &mut refusals);
    }
    Ok(refusals.into_vec())
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
            // For these the API server validates metadata last, and only without other errors.
            if out.is_empty() {
                metadata::check(object, names::path_segment, out);
            }
        }
        "Role" | "ClusterRole" => rbac::check_role(object, out),
        "RoleBinding" | "ClusterRoleBinding" => rbac::check_binding(object, out),
        _ => {}
    }
}
