//! The Deployment of the servers.

use std::collections::BTreeMap;

use feast_api::v1::FeatureStoreSpec;
use k8s_openapi::api::apps::v1::{Deployment, DeploymentSpec, DeploymentStrategy};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use crate::context::Context;
use crate::documents::Documents;
use crate::error::Error;
use crate::pod;

pub(crate) fn deployment(
    context: &Context<'_>,
    documents: &Documents,
) -> Result<Deployment, Error> {
    let names = &context.names;
    let revision = pod::service_revision(context, documents);
    let annotations: BTreeMap<_, _> = context
        .services
        .pod_annotations
        .iter()
        .flatten()
        .map(|(k, v)| (k.clone(), v.clone()))
        .chain(revision)
        .collect();
    let deployment = Deployment {
        metadata: context.metadata(names.feast(), names.labels()),
        spec: Some(DeploymentSpec {
            replicas: replicas(context),
            selector: LabelSelector {
                match_labels: Some(names.selector()),
                ..LabelSelector::default()
            },
            strategy: Some(strategy(context.applied)),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    labels: Some(names.labels()),
                    annotations: Some(annotations).filter(|annotations| !annotations.is_empty()),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod::pod(
                    context,
                    &pod::service_variable(context, documents),
                )),
            },
            ..DeploymentSpec::default()
        }),
        ..Deployment::default()
    };
    context.claim(deployment)
}

/// The number of replicas; `None` if an autoscaler sets it.
fn replicas(context: &Context<'_>) -> Option<i32> {
    context
        .autoscaling()
        .is_none()
        .then(|| context.applied.replicas.unwrap_or(1))
}

/// How the Deployment of a FeatureStore with this spec replaces its pods.
///
/// A single pod must stop before the next one starts, because both would write the same files.
pub fn strategy(spec: &FeatureStoreSpec) -> DeploymentStrategy {
    let services = spec.services.as_ref();
    let given = services.and_then(|services| services.deployment_strategy.clone());
    let default = if spec.is_scaling() {
        "RollingUpdate"
    } else {
        "Recreate"
    };
    given.unwrap_or_else(|| DeploymentStrategy {
        type_: Some(default.to_owned()),
        ..DeploymentStrategy::default()
    })
}
