//! The changes to make in a cluster.

use std::fmt;

use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{
    ConfigMap, PersistentVolumeClaim, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::monitoring::ServiceMonitor;
use crate::object_ref::ObjectRef;
use crate::objects::listing::Listing;
use crate::openshift::Route;

/// Declares [`Plan`]: its fields in apply order.
macro_rules! plan {
    ($( $(#[doc = $doc:literal])+ $field:ident: $objects:ty, )+) => {
        /// The changes to make in a cluster for a FeatureStore.
        ///
        /// The fields are in apply order; each is empty if no object of its kind is needed. No
        /// object occurs twice. First send [`patch`](Self::patch), then the objects of
        /// [`apply`](Self::apply), then [`delete`](Self::delete).
        ///
        /// An object is complete: it has every field that the operator sets, and none that it
        /// leaves to others, such as the replicas of a Deployment with an autoscaler. Use
        /// server-side apply with force and one field manager. If that manager applied replicas
        /// before and now leaves them to an autoscaler, [give them up] first, or the API server
        /// resets them to one. If you write objects another way, replace labels, specs, rules,
        /// subjects and data, and keep live annotations that the plan does not mention; but replace
        /// those of a CronJob if the plan has annotations or an empty map.
        ///
        /// [give them up]: https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct Plan {
            $( $(#[doc = $doc])+ pub $field: $objects, )+
            /// Merge patches for changes that applying cannot make.
            pub patches: Vec<Patch>,
            /// Objects that are no longer needed.
            pub deletions: Vec<ObjectRef>,
            /// The FeatureStore's entries in shared objects, without those of others: for operators
            /// that enter many FeatureStores in a [`Directory`](crate::Directory).
            pub listing: Option<Listing>,
        }

        impl Plan {
            /// The objects to apply, in order.
            pub fn apply(&self) -> impl Iterator<Item = Object<'_>> {
                // Destructured, so that no field is forgotten.
                let Self { $($field,)+ patches: _, deletions: _, listing: _ } = self;
                std::iter::empty()$( .chain($field.iter().map(Object::from)) )+
            }

            /// Keeps one of several objects with the same name. Users can choose a name that
            /// another object has; in the reference the later one overwrites the first.
            pub(crate) fn keep_last(&mut self) {
                $( Objects::keep_last(&mut self.$field); )+
            }
        }
    };
}

plan! {
    /// ClusterRoles for token reviews, shared by all FeatureStores; they have no owner.
    cluster_roles: Vec<ClusterRole>,
    /// The FeatureStore's bindings to these ClusterRoles; they have no owner.
    cluster_role_bindings: Vec<ClusterRoleBinding>,
    /// ServiceAccounts of the servers, the CronJob and batch jobs.
    service_accounts: Vec<ServiceAccount>,
    /// Roles.
    roles: Vec<Role>,
    /// RoleBindings.
    role_bindings: Vec<RoleBinding>,
    /// The Secret with the documents, if they are stored in one.
    secret: Option<Secret>,
    /// ConfigMaps for clients: their document, and the platform's CA.
    config_maps: Vec<ConfigMap>,
    /// Claims to create; existing ones are never changed.
    persistent_volume_claims: Vec<PersistentVolumeClaim>,
    /// Services of the servers.
    services: Vec<Service>,
    /// The servers' Deployment.
    deployment: Option<Deployment>,
    /// The lineage server's Deployment.
    lineage_deployment: Option<Deployment>,
    /// The autoscaler of the servers.
    horizontal_pod_autoscaler: Option<HorizontalPodAutoscaler>,
    /// The PodDisruptionBudget of the servers.
    pod_disruption_budget: Option<PodDisruptionBudget>,
    /// The CronJob that runs commands in the servers.
    cron_job: Option<CronJob>,
    /// The Route of the user interface, on OpenShift.
    route: Option<Route>,
    /// The ServiceMonitor for Prometheus.
    service_monitor: Option<ServiceMonitor>,
    /// ConfigMaps shared by all FeatureStores, merged with the existing ones. Each has the resource
    /// version it was merged with, so that the API server rejects it if somebody else changed it;
    /// they have no owner.
    discovery_config_maps: Vec<ConfigMap>,
}

/// The objects of a field of [`Plan`].
trait Objects {
    /// Keeps the last of several objects with the same name.
    fn keep_last(&mut self);
}

impl<K> Objects for Option<K> {
    fn keep_last(&mut self) {}
}

impl<K> Objects for Vec<K>
where
    for<'o> Object<'o>: From<&'o K>,
{
    fn keep_last(&mut self) {
        let mut at = 0;
        while at < self.len() {
            // The objects of a field are few.
            if has_namesake(&self[at], &self[at + 1..]) {
                self.remove(at);
            } else {
                at += 1;
            }
        }
    }
}

/// Whether one of several objects of the same kind has an object's name.
fn has_namesake<K>(object: &K, others: &[K]) -> bool
where
    for<'o> Object<'o>: From<&'o K>,
{
    let own = Object::from(object).metadata();
    others.iter().any(|other| {
        let other = Object::from(other).metadata();
        (&own.name, &own.namespace) == (&other.name, &other.namespace)
    })
}

impl Plan {
    /// Merge patches for existing objects, to send before applying.
    pub fn patch(&self) -> impl Iterator<Item = &Patch> {
        self.patches.iter()
    }

    /// Existing objects to delete: those that the FeatureStore owns and no longer needs, and the
    /// ClusterRoleBindings of other authorization modes, which have no owner.
    pub fn delete(&self) -> impl Iterator<Item = &ObjectRef> {
        self.deletions.iter()
    }
}

/// Shows which objects exist, but not their contents, which may be credentials.
impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            patches, deletions, ..
        } = self;
        f.debug_struct("Plan")
            .field("apply", &self.apply().collect::<Vec<_>>())
            .field("patch", patches)
            .field("delete", deletions)
            .finish_non_exhaustive()
    }
}

/// Declares [`Object`].
macro_rules! objects {
    ($($kind:ident)+) => {
        /// An object of a [`Plan`].
        #[derive(Clone, Copy, PartialEq)]
        #[non_exhaustive]
        #[allow(missing_docs, reason = "each variant has the name of its kind")]
        pub enum Object<'a> {
            $( $kind(&'a $kind), )+
        }

        $(
            impl<'a> From<&'a $kind> for Object<'a> {
                fn from(object: &'a $kind) -> Self {
                    Self::$kind(object)
                }
            }
        )+

        impl<'a> Object<'a> {
            /// The object's reference.
            pub fn reference(self) -> ObjectRef {
                match self { $(Self::$kind(object) => ObjectRef::of::<$kind>(&object.metadata),)+ }
            }

            /// Name, namespace, labels and owner.
            pub fn metadata(self) -> &'a ObjectMeta {
                match self { $(Self::$kind(object) => &object.metadata,)+ }
            }
        }

        impl Serialize for Object<'_> {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Self::$kind(object) => object.serialize(serializer),)+ }
            }
        }
    };
}

objects! {
    ClusterRole ClusterRoleBinding ServiceAccount Role RoleBinding Secret ConfigMap
    PersistentVolumeClaim Service Deployment HorizontalPodAutoscaler PodDisruptionBudget CronJob
    Route ServiceMonitor
}

impl Object<'_> {
    /// The object as JSON.
    pub fn to_value(self) -> Value {
        serde_json::to_value(self).expect("objects have string keys")
    }
}

/// Shows the object's reference, but not its contents.
impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reference())
    }
}

/// A JSON merge patch. It removes fields that others have set, including defaults of the API
/// server, which applying would keep.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Patch {
    /// The existing object.
    pub object: ObjectRef,
    /// The patch.
    pub merge: Value,
}

impl Patch {
    /// Creates this patch for an existing object.
    pub fn new(object: ObjectRef, merge: Value) -> Self {
        Self { object, merge }
    }
}
