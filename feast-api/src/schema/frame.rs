//! The CRD without its schemas, by kube-derive.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::core::crd::merge_crds;
use kube::{CustomResource, CustomResourceExt};
use serde::{Deserialize, Serialize};

/// A placeholder for the status, so that kube-derive declares the subresource.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Status {}

#[derive(CustomResource, Clone, Debug, Serialize, Deserialize)]
#[kube(
    group = "feast.dev",
    version = "v1",
    kind = "FeatureStore",
    root = "V1",
    plural = "featurestores",
    shortname = "feast",
    namespaced,
    status = "Status",
    schema = "disabled",
    storage = true,
    printcolumn(name = "Status", type_ = "string", json_path = ".status.phase"),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    ),
    scale(
        spec_replicas_path = ".spec.replicas",
        status_replicas_path = ".status.replicas",
        label_selector_path = ".status.selector"
    )
)]
struct V1Frame {}

#[derive(CustomResource, Clone, Debug, Serialize, Deserialize)]
#[kube(
    group = "feast.dev",
    version = "v1alpha1",
    kind = "FeatureStore",
    root = "V1Alpha1",
    plural = "featurestores",
    shortname = "feast",
    namespaced,
    status = "Status",
    schema = "disabled",
    storage = false,
    deprecated = "v1alpha1 is deprecated and will be removed in a future release. Please migrate to v1.",
    printcolumn(name = "Status", type_ = "string", json_path = ".status.phase"),
    printcolumn(
        name = "Age",
        type_ = "date",
        json_path = ".metadata.creationTimestamp"
    )
)]
struct V1Alpha1Frame {}

/// The CRD of both versions, without schemas.
pub(super) fn merged() -> CustomResourceDefinition {
    let mut crd = merge_crds(vec![V1::crd(), V1Alpha1::crd()], "v1")
        .expect("both versions have the same resource");
    // kube-derive omits this; the API server would set the same.
    crd.spec.names.list_kind = Some(format!("{}List", crate::KIND));
    crd
}
