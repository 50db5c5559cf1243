//! What is to be done to a cluster.

use std::collections::{BTreeMap, BTreeSet};
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
        /// What is to be done to a cluster, so that it has what a FeatureStore calls for.
        ///
        /// The fields are in apply order; each is empty if nothing of its kind is called for. No
        /// object is there twice.
        /// First comes [`patch`](Self::patch), then the objects of [`apply`](Self::apply), then
        /// [`delete`](Self::delete).
        ///
        /// An object is whole: it has every field that the operator decides, and none that it
        /// leaves to others, such as the replicas of a Deployment that an autoscaler scales.
        /// Apply it server-side, forced, under one field manager; where that manager has applied
        /// replicas before and now leaves them, [give them up] first, or the API server goes back
        /// to one. Who writes objects in another
        /// way replaces labels, specs, rules, subjects and data, and keeps live annotations that
        /// the plan does not name; but those of a CronJob are replaced, if the plan has any or an
        /// empty map.
        ///
        /// [give them up]: https://kubernetes.io/docs/reference/using-api/server-side-apply/#transferring-ownership
        #[derive(Clone, Default, PartialEq)]
        #[non_exhaustive]
        pub struct Plan {
            $( $(#[doc = $doc])+ pub $field: $objects, )+
            /// What applying cannot do, as merge patches.
            pub patches: Vec<Patch>,
            /// Objects that are no longer called for.
            pub deletions: Vec<ObjectRef>,
            /// What the FeatureStore has in what all share, apart from what others have there: for
            /// operators that enter many of them in a [`Directory`](crate::Directory).
            pub listing: Option<Listing>,
        }

        impl Plan {
            /// The objects to apply, in order.
            pub fn apply(&self) -> impl Iterator<Item = Object<'_>> {
                // Taken apart, so that no field is forgotten.
                let Self { $($field,)+ patches: _, deletions: _, listing: _ } = self;
                std::iter::empty()$( .chain($field.iter().map(Object::from)) )+
            }

            /// Leaves one of objects that are the same: a name that users choose may be one that
            /// something else has, and the reference writes what comes later over what was there.
            pub(crate) fn keep_last(&mut self) {
                $( Objects::keep_last(&mut self.$field); )+
            }
        }
    };
}

plan! {
    /// What may be reviewed, shared by all FeatureStores; nobody owns them.
    cluster_roles: Vec<ClusterRole>,
    /// The FeatureStore's bindings of those; nobody owns them.
    cluster_role_bindings: Vec<ClusterRoleBinding>,
    /// Accounts of the servers, of the CronJob and of batch jobs.
    service_accounts: Vec<ServiceAccount>,
    /// Namespaced permissions.
    roles: Vec<Role>,
    /// Who has them.
    role_bindings: Vec<RoleBinding>,
    /// The documents, if they are kept in a Secret.
    secret: Option<Secret>,
    /// For clients: their document, and the platform's certificate authority.
    config_maps: Vec<ConfigMap>,
    /// Claims that are not there yet; existing ones are never changed.
    persistent_volume_claims: Vec<PersistentVolumeClaim>,
    /// How servers are reached.
    services: Vec<Service>,
    /// The servers.
    deployment: Option<Deployment>,
    /// The lineage server.
    lineage_deployment: Option<Deployment>,
    /// Scales the servers.
    horizontal_pod_autoscaler: Option<HorizontalPodAutoscaler>,
    /// Keeps enough of the servers.
    pod_disruption_budget: Option<PodDisruptionBudget>,
    /// Runs commands in the servers.
    cron_job: Option<CronJob>,
    /// How OpenShift exposes the user interface.
    route: Option<Route>,
    /// How Prometheus finds the metrics.
    service_monitor: Option<ServiceMonitor>,
    /// What all FeatureStores of the cluster share, merged with what is there. Each has the
    /// resource version that it was merged with, so that a server refuses it if somebody else was
    /// faster; nobody owns them.
    discovery_config_maps: Vec<ConfigMap>,
}

/// The objects of a field of [`Plan`].
trait Objects {
    /// Of objects with one name, keeps the last.
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
        // Those of a field are of one kind.
        let named = self.iter().enumerate().map(|(place, object)| {
            let metadata = Object::from(object).metadata();
            ((&metadata.namespace, &metadata.name), place)
        });
        let last: BTreeMap<_, usize> = named.collect();
        let last: BTreeSet<usize> = last.into_values().collect();
        let mut places = 0..;
        self.retain(|_| places.next().is_some_and(|place| last.contains(&place)));
    }
}

impl Plan {
    /// Merge patches for objects that exist, to be sent before applying.
    pub fn patch(&self) -> impl Iterator<Item = &Patch> {
        self.patches.iter()
    }

    /// Objects to delete, all of which exist: those that the FeatureStore controls and no longer
    /// calls for, and the ClusterRoleBindings of other modes of authorization, which nobody owns.
    pub fn delete(&self) -> impl Iterator<Item = &ObjectRef> {
        self.deletions.iter()
    }
}

/// Shows which objects there are, not what they hold: they may hold credentials.
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
        #[allow(missing_docs, reason = "each variant is the kind of its name")]
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
            /// Which object it is.
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
        serde_json::to_value(self).expect("objects have text keys only")
    }
}

/// Shows which object it is, not what it holds.
impl fmt::Debug for Object<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reference())
    }
}

/// A JSON merge patch: it removes what others have set, the API server's defaults among them, and
/// what applying therefore leaves.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Patch {
    /// The object, which exists.
    pub object: ObjectRef,
    /// The patch.
    pub merge: Value,
}

impl Patch {
    /// This patch of an object, which exists.
    pub fn new(object: ObjectRef, merge: Value) -> Self {
        Self { object, merge }
    }
}
