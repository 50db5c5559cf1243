//! The cluster's features, and the relevant kinds of objects.

use std::borrow::Cow;

use feast_api::v1::FeatureStore;
use feast_render::monitoring::ServiceMonitor;
use feast_render::openshift::Route;
use feast_render::{ObjectRef, Platform};
use k8s_openapi::Resource as _;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::HorizontalPodAutoscaler;
use k8s_openapi::api::batch::v1::CronJob;
use k8s_openapi::api::core::v1::{
    ConfigMap, PersistentVolumeClaim, Secret, Service, ServiceAccount,
};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding, Role, RoleBinding};
use kube::Client;
use kube::core::{ApiResource, GroupVersionKind};

use crate::bounded::bounded;

/// API versions and kinds of the objects that the operator watches.
const WATCHED: [(&str, &str); 14] = [
    (FeatureStore::API_VERSION, FeatureStore::KIND),
    (Deployment::API_VERSION, Deployment::KIND),
    (Service::API_VERSION, Service::KIND),
    (ConfigMap::API_VERSION, ConfigMap::KIND),
    (Secret::API_VERSION, Secret::KIND),
    (ServiceAccount::API_VERSION, ServiceAccount::KIND),
    (
        PersistentVolumeClaim::API_VERSION,
        PersistentVolumeClaim::KIND,
    ),
    (Role::API_VERSION, Role::KIND),
    (RoleBinding::API_VERSION, RoleBinding::KIND),
    (ClusterRole::API_VERSION, ClusterRole::KIND),
    (ClusterRoleBinding::API_VERSION, ClusterRoleBinding::KIND),
    (
        HorizontalPodAutoscaler::API_VERSION,
        HorizontalPodAutoscaler::KIND,
    ),
    (PodDisruptionBudget::API_VERSION, PodDisruptionBudget::KIND),
    (CronJob::API_VERSION, CronJob::KIND),
];

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
    ApiResource::erase::<FeatureStore>(&())
}

/// The type of MLflow servers.
pub fn mlflow() -> ApiResource {
    ApiResource::from_gvk_with_plural(
        &GroupVersionKind::gvk("mlflow.opendatahub.io", "v1", "MLflow"),
        "mlflows",
    )
}

/// API version and kind of a resource; borrowed for watched kinds, so that objects do not own copies.
pub(crate) fn names(resource: &ApiResource) -> (Cow<'static, str>, Cow<'static, str>) {
    let ApiResource {
        api_version, kind, ..
    } = resource;
    let mut watched = WATCHED.iter();
    match watched.find(|(version, name)| version == api_version && name == kind) {
        Some((version, name)) => (Cow::Borrowed(version), Cow::Borrowed(name)),
        None => (api_version.clone().into(), kind.clone().into()),
    }
}

/// Whether an object is a PersistentVolumeClaim.
pub(crate) fn is_claim(object: &ObjectRef) -> bool {
    object.kind == PersistentVolumeClaim::KIND
}

/// Namespaced types of objects that a FeatureStore may need on this platform.
pub fn namespaced(platform: &Platform) -> Vec<ApiResource> {
    let mut kinds = vec![
        ApiResource::erase::<Deployment>(&()),
        ApiResource::erase::<Service>(&()),
        ApiResource::erase::<ConfigMap>(&()),
        ApiResource::erase::<Secret>(&()),
        ApiResource::erase::<ServiceAccount>(&()),
        ApiResource::erase::<PersistentVolumeClaim>(&()),
        ApiResource::erase::<Role>(&()),
        ApiResource::erase::<RoleBinding>(&()),
        ApiResource::erase::<HorizontalPodAutoscaler>(&()),
        ApiResource::erase::<PodDisruptionBudget>(&()),
        ApiResource::erase::<CronJob>(&()),
    ];
    if platform.openshift {
        kinds.push(ApiResource::erase::<Route>(&()));
    }
    if platform.service_monitor {
        kinds.push(ApiResource::erase::<ServiceMonitor>(&()));
    }
    kinds
}

/// Cluster-scoped types of objects that a FeatureStore may need.
pub fn cluster_scoped() -> Vec<ApiResource> {
    vec![
        ApiResource::erase::<ClusterRole>(&()),
        ApiResource::erase::<ClusterRoleBinding>(&()),
    ]
}

/// Types of shared objects in the discovery namespace.
pub fn shared() -> Vec<ApiResource> {
    vec![
        ApiResource::erase::<ConfigMap>(&()),
        ApiResource::erase::<Role>(&()),
        ApiResource::erase::<RoleBinding>(&()),
    ]
}

/// Types of objects that FeatureStores refer to, of which only versions are watched.
pub fn referred() -> Vec<ApiResource> {
    vec![
        ApiResource::erase::<Secret>(&()),
        ApiResource::erase::<ConfigMap>(&()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_watched_kinds_are_borrowed() {
        let mut kinds = namespaced(&Platform::kubernetes());
        kinds.extend(cluster_scoped());
        kinds.extend([shared(), referred()].concat());
        kinds.push(feature_store());
        for kind in kinds {
            let (api_version, name) = names(&kind);
            assert_eq!((&*api_version, &*name), (&*kind.api_version, &*kind.kind));
            assert!(
                matches!(name, Cow::Borrowed(_)) && matches!(api_version, Cow::Borrowed(_)),
                "{name}"
            );
        }
    }
}
