//! The cluster's features, and the relevant kinds of objects.

use std::borrow::Cow;

use feast_api::v1::FeatureStore;
use feast_render::monitoring::ServiceMonitor;
use feast_render::openshift::Route;
use feast_render::{ObjectRef, Platform};
use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{
    ConfigMap, PersistentVolumeClaim, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::Client;
use kube::core::ApiResource;

use crate::bounded::bounded;

/// A kind of objects that the operator watches.
struct Watched {
    group: &'static str,
    version: &'static str,
    api_version: &'static str,
    kind: &'static str,
    plural: &'static str,
    uses: &'static [Use],
}

/// What objects are watched for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    /// FeatureStores need them in their namespaces.
    Namespaced,
    /// The same, on OpenShift.
    OpenShift,
    /// The same, with the Prometheus operator.
    Monitoring,
    /// FeatureStores need them in the cluster scope.
    ClusterScoped,
    /// All FeatureStores share them, in the discovery namespace.
    Shared,
    /// FeatureStores refer to them.
    Referred,
}

/// All kinds of objects that the operator watches.
const WATCHED: [Watched; 17] = [
    FEATURE_STORE,
    Watched::of::<Deployment>(&[Use::Namespaced]),
    Watched::of::<Service>(&[Use::Namespaced]),
    Watched::of::<ConfigMap>(&[Use::Namespaced, Use::Shared, Use::Referred]),
    Watched::of::<Secret>(&[Use::Namespaced, Use::Referred]),
    Watched::of::<ServiceAccount>(&[Use::Namespaced]),
    Watched::of::<PersistentVolumeClaim>(&[Use::Namespaced]),
    Watched::of::<Role>(&[Use::Namespaced, Use::Shared]),
    Watched::of::<RoleBinding>(&[Use::Namespaced, Use::Shared]),
    Watched::of::<HorizontalPodAutoscaler>(&[Use::Namespaced]),
    Watched::of::<PodDisruptionBudget>(&[Use::Namespaced]),
    Watched::of::<CronJob>(&[Use::Namespaced]),
    Watched::of::<Route>(&[Use::OpenShift]),
    Watched::of::<ServiceMonitor>(&[Use::Monitoring]),
    Watched::of::<ClusterRole>(&[Use::ClusterScoped]),
    Watched::of::<ClusterRoleBinding>(&[Use::ClusterScoped]),
    MLFLOW,
];

const FEATURE_STORE: Watched = Watched::of::<FeatureStore>(&[]);

const MLFLOW: Watched = Watched {
    group: "mlflow.opendatahub.io",
    version: "v1",
    api_version: "mlflow.opendatahub.io/v1",
    kind: "MLflow",
    plural: "mlflows",
    uses: &[],
};

impl Watched {
    const fn of<K: Resource>(uses: &'static [Use]) -> Self {
        Self {
            group: K::GROUP,
            version: K::VERSION,
            api_version: K::API_VERSION,
            kind: K::KIND,
            plural: K::URL_PATH_SEGMENT,
            uses,
        }
    }

    fn find(api_version: &str, kind: &str) -> Option<&'static Self> {
        let mut watched = WATCHED.iter();
        watched.find(|one| one.api_version == api_version && one.kind == kind)
    }

    fn resource(&self) -> ApiResource {
        ApiResource {
            group: self.group.to_owned(),
            version: self.version.to_owned(),
            api_version: self.api_version.to_owned(),
            kind: self.kind.to_owned(),
            plural: self.plural.to_owned(),
        }
    }
}

/// The cluster's features.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Features that affect rendering.
    pub platform: Platform,
    /// Whether the cluster has the API of MLflow servers.
    pub mlflow: bool,
}

impl Offer {
    /// Discovers the features from the API server.
    ///
    /// # Errors
    ///
    /// The API server does not respond.
    pub async fn discover(client: &Client) -> Result<Self, kube::Error> {
        let client = bounded(client.clone());
        let groups = client.list_api_groups().await?.groups;
        let has = |name: &str, version: &str| {
            let group = groups.iter().find(|group| group.name == name);
            group.is_some_and(|group| group.versions.iter().any(|found| found.version == version))
        };
        let mut platform = if has("route.openshift.io", "v1") {
            Platform::openshift()
        } else {
            Platform::kubernetes()
        };
        if has("monitoring.coreos.com", "v1") {
            let resources = client
                .list_api_group_resources("monitoring.coreos.com/v1")
                .await?;
            platform.service_monitor = resources
                .resources
                .iter()
                .any(|resource| resource.kind == "ServiceMonitor");
        }
        Ok(Self {
            platform,
            mlflow: has("mlflow.opendatahub.io", "v1"),
        })
    }
}

/// The FeatureStore type.
pub fn feature_store() -> ApiResource {
    FEATURE_STORE.resource()
}

/// The type of MLflow servers.
pub fn mlflow() -> ApiResource {
    MLFLOW.resource()
}

/// The type of a watched object.
pub(crate) fn resource(object: &ObjectRef) -> Option<ApiResource> {
    Watched::find(&object.api_version, &object.kind).map(Watched::resource)
}

/// API version and kind of a resource; borrowed for watched kinds, so that objects do not own copies.
pub(crate) fn names(resource: &ApiResource) -> (Cow<'static, str>, Cow<'static, str>) {
    let ApiResource {
        api_version, kind, ..
    } = resource;
    match Watched::find(api_version, kind) {
        Some(watched) => (watched.api_version.into(), watched.kind.into()),
        None => (api_version.clone().into(), kind.clone().into()),
    }
}

/// Whether an object is a PersistentVolumeClaim.
pub(crate) fn is_claim(object: &ObjectRef) -> bool {
    object.kind == PersistentVolumeClaim::KIND
}

/// Namespaced types of objects that a FeatureStore may need on this platform.
pub fn namespaced(platform: &Platform) -> Vec<ApiResource> {
    let mut kinds = used_as(Use::Namespaced);
    if platform.openshift {
        kinds.extend(used_as(Use::OpenShift));
    }
    if platform.service_monitor {
        kinds.extend(used_as(Use::Monitoring));
    }
    kinds
}

/// Cluster-scoped types of objects that a FeatureStore may need.
pub fn cluster_scoped() -> Vec<ApiResource> {
    used_as(Use::ClusterScoped)
}

/// Types of shared objects in the discovery namespace.
pub fn shared() -> Vec<ApiResource> {
    used_as(Use::Shared)
}

/// Types of objects that FeatureStores refer to, of which only versions are watched.
pub fn referred() -> Vec<ApiResource> {
    used_as(Use::Referred)
}

fn used_as(one: Use) -> Vec<ApiResource> {
    let watched = WATCHED.iter();
    let watched = watched.filter(|watched| watched.uses.contains(&one));
    watched.map(Watched::resource).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_the_one_that_kube_erases() {
        assert_eq!(feature_store(), ApiResource::erase::<FeatureStore>(&()));
        let kinds = namespaced(&Platform::openshift());
        assert!(kinds.contains(&ApiResource::erase::<PodDisruptionBudget>(&())));
        assert!(kinds.contains(&ApiResource::erase::<Route>(&())));
    }

    #[test]
    fn names_of_watched_kinds_are_borrowed() {
        for kind in WATCHED.iter().map(Watched::resource) {
            let (api_version, name) = names(&kind);
            assert_eq!((&*api_version, &*name), (&*kind.api_version, &*kind.kind));
            assert!(
                matches!(name, Cow::Borrowed(_)) && matches!(api_version, Cow::Borrowed(_)),
                "{name}"
            );
        }
    }
}
