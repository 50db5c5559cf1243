use feast_api::v1::{AutoscalingConfig, FeatureStoreServices};
use k8s_openapi::api::apps::v1::DeploymentStrategy;
use k8s_openapi::api::autoscaling::v2::{
    HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscalerBehavior, MetricSpec, MetricTarget,
    ResourceMetricSource,
};
use k8s_openapi::api::core::v1::{
    Affinity, EmptyDirVolumeSource, NodeAffinity, PodSecurityContext, Toleration,
    TopologySpreadConstraint, Volume,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use proptest::prelude::*;

use super::{often, one_of, pairs, rarely};

/// Name of the volume that users declare and mount.
pub(super) const USER_VOLUME: &str = "cache";

/// The pod settings of `services`; everything else is unset.
pub(super) fn placement() -> impl Strategy<Value = FeatureStoreServices> {
    let scheduling = (
        rarely(affinity()),
        rarely(pairs()),
        rarely(Just(vec![Toleration {
            key: Some("gpu".into()),
            ..Toleration::default()
        }])),
        rarely(spread()),
    );
    let pod = (
        rarely(one_of(&["Recreate", "RollingUpdate"])),
        rarely(pairs()),
        rarely(any::<bool>()),
        often(Just(vec![user_volume()])),
    );
    (scheduling, pod).prop_map(|(scheduling, pod)| {
        let (affinity, node_selector, tolerations, topology_spread_constraints) = scheduling;
        let (strategy, pod_annotations, run_as_non_root, volumes) = pod;
        FeatureStoreServices {
            affinity,
            node_selector,
            tolerations,
            topology_spread_constraints,
            pod_annotations,
            volumes,
            deployment_strategy: strategy.map(|type_| DeploymentStrategy {
                type_: Some(type_),
                rolling_update: None,
            }),
            security_context: run_as_non_root.map(|run_as_non_root| PodSecurityContext {
                run_as_non_root: Some(run_as_non_root),
                ..PodSecurityContext::default()
            }),
            ..FeatureStoreServices::default()
        }
    })
}

fn affinity() -> impl Strategy<Value = Affinity> {
    Just(Affinity {
        node_affinity: Some(NodeAffinity::default()),
        ..Affinity::default()
    })
}

fn spread() -> impl Strategy<Value = Vec<TopologySpreadConstraint>> {
    let constraint = TopologySpreadConstraint {
        max_skew: 2,
        topology_key: "rack".into(),
        when_unsatisfiable: "DoNotSchedule".into(),
        ..TopologySpreadConstraint::default()
    };
    prop_oneof![Just(vec![]), Just(vec![constraint])]
}

fn user_volume() -> Volume {
    Volume {
        name: USER_VOLUME.into(),
        empty_dir: Some(EmptyDirVolumeSource::default()),
        ..Volume::default()
    }
}

/// Settings of a HorizontalPodAutoscaler.
pub(super) fn autoscaling() -> impl Strategy<Value = AutoscalingConfig> {
    let behavior = (rarely(scaling_rules()), often(scaling_rules()));
    let behavior = behavior.prop_map(|(scale_up, scale_down)| HorizontalPodAutoscalerBehavior {
        scale_down,
        scale_up,
    });
    let metrics = prop_oneof![Just(vec![]), Just(vec![memory()])];
    (1..4, 0..5, any::<bool>(), rarely(metrics), often(behavior)).prop_map(
        |(min, more, has_min, metrics, behavior)| AutoscalingConfig {
            behavior,
            max_replicas: min + more,
            metrics,
            min_replicas: has_min.then_some(min),
        },
    )
}

fn scaling_rules() -> impl Strategy<Value = HPAScalingRules> {
    let policy = HPAScalingPolicy {
        period_seconds: 60,
        type_: "Pods".into(),
        value: 2,
    };
    (
        rarely(Just(vec![policy])),
        rarely(one_of(&["Max", "Min", "Disabled"])),
        often(0..600),
        rarely(Just(Quantity("100m".into()))),
    )
        .prop_map(
            |(policies, select_policy, window, tolerance)| HPAScalingRules {
                policies,
                select_policy,
                stabilization_window_seconds: window,
                tolerance,
            },
        )
}

fn memory() -> MetricSpec {
    MetricSpec {
        type_: "Resource".into(),
        resource: Some(ResourceMetricSource {
            name: "memory".into(),
            target: MetricTarget {
                type_: "Utilization".into(),
                average_utilization: Some(70),
                ..MetricTarget::default()
            },
        }),
        ..MetricSpec::default()
    }
}
