//! The HorizontalPodAutoscaler of the servers.

use k8s_openapi::Resource;
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::api::autoscaling::v2::{
    CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, MetricSpec,
    MetricTarget, ResourceMetricSource,
};

use crate::context::Context;

pub(crate) fn horizontal_pod_autoscaler(context: &Context<'_>) -> Option<HorizontalPodAutoscaler> {
    let autoscaling = context.autoscaling()?;
    let names = &context.names;
    let spec = HorizontalPodAutoscalerSpec {
        scale_target_ref: CrossVersionObjectReference {
            api_version: Some(Deployment::API_VERSION.to_owned()),
            kind: Deployment::KIND.to_owned(),
            name: names.feast().to_owned(),
        },
        min_replicas: Some(autoscaling.min_replicas.unwrap_or(1)),
        max_replicas: autoscaling.max_replicas,
        metrics: Some(
            autoscaling
                .metrics
                .clone()
                .unwrap_or_else(|| vec![cpu_utilization()]),
        ),
        behavior: autoscaling.behavior.clone(),
    };
    Some(HorizontalPodAutoscaler {
        metadata: context.metadata(names.feast(), names.labels()),
        spec: Some(spec),
        ..HorizontalPodAutoscaler::default()
    })
}

/// The default metric.
fn cpu_utilization() -> MetricSpec {
    MetricSpec {
        type_: "Resource".to_owned(),
        resource: Some(ResourceMetricSource {
            name: "cpu".to_owned(),
            target: MetricTarget {
                type_: "Utilization".to_owned(),
                average_utilization: Some(80),
                ..MetricTarget::default()
            },
        }),
        ..MetricSpec::default()
    }
}
