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

use std::fmt;

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
    Checker::new(release).check(object).unwrap_or_default()
}

/// Checks typed objects, such as those of `k8s-openapi`. It takes less time than making a [`Value`] of
/// each, and uses the memory of one check for the next.
///
/// ```
/// use kube_object_validation::{Checker, Release};
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
/// let named = |name| Account { kind: "ServiceAccount", metadata: Metadata { name } };
/// let mut checker = Checker::new(Release::LATEST);
/// assert_eq!(checker.check(&named("a"))?, []);
/// assert_eq!(checker.check(&named("a b"))?[0].field, "metadata.name");
/// # Ok::<(), kube_object_validation::NotSerializable>(())
/// ```
pub struct Checker {
    release: Release,
    tree: Tree,
}

/// Does not show the last object, which may be a Secret.
impl fmt::Debug for Checker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checker")
            .field("release", &self.release)
            .finish_non_exhaustive()
    }
}

impl Checker {
    /// A checker for the API server of a release.
    pub fn new(release: Release) -> Self {
        let tree = Tree::default();
        Self { release, tree }
    }

    /// The fields of an object that the API server rejects. Empty if it accepts the object, or if its
    /// kind is not one that this crate validates.
    ///
    /// # Errors
    ///
    /// [`NotSerializable`]: it has a part that no object of Kubernetes has.
    pub fn check<T: Serialize + ?Sized>(
        &mut self,
        object: &T,
    ) -> Result<Vec<Refusal>, NotSerializable> {
        let mut refusals = Refusals::of(self.release);
        self.tree.fill(object)?;
        let root = Node::root(self.tree.root());
        merge::check(&root, &mut refusals);
        if refusals.is_empty() {
            check_fields(&root, &mut refusals);
        }
        Ok(refusals.into_vec())
    }
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
