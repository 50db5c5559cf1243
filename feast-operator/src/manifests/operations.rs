//! Availability and isolation of the operator.

use k8s_openapi::api::core::v1::TopologySpreadConstraint;
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyIngressRule, NetworkPolicyPort, NetworkPolicySpec,
};
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Installation, METRICS, WEBHOOK, Webhook, labels, metadata};

/// If there are several replicas, nodes are drained one replica at a time. A single one would block
/// drains.
pub(super) fn disruption_budget(installation: &Installation) -> Option<PodDisruptionBudget> {
    has_several(installation).then(|| PodDisruptionBudget {
        metadata: metadata(installation),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(1)),
            selector: Some(selector()),
            ..PodDisruptionBudgetSpec::default()
        }),
        ..PodDisruptionBudget::default()
    })
}

/// Several replicas run on different nodes, if possible.
pub(super) fn spread(installation: &Installation) -> Option<Vec<TopologySpreadConstraint>> {
    has_several(installation).then(|| {
        vec![TopologySpreadConstraint {
            label_selector: Some(selector()),
            max_skew: 1,
            topology_key: "kubernetes.io/hostname".to_owned(),
            when_unsatisfiable: "ScheduleAnyway".to_owned(),
            ..TopologySpreadConstraint::default()
        }]
    })
}

/// Only the served ports of the operator are reachable. API servers and kubelets are not pods that
/// could be selected.
pub(super) fn network_policy(installation: &Installation) -> Option<NetworkPolicy> {
    let port = |(name, _): (&str, i32)| NetworkPolicyPort {
        port: Some(IntOrString::String(name.to_owned())),
        protocol: Some("TCP".to_owned()),
        ..NetworkPolicyPort::default()
    };
    let webhook = (installation.webhook != Webhook::None).then_some(WEBHOOK);
    let ports = [METRICS].into_iter().chain(webhook).map(port);
    installation.network_policy.then(|| NetworkPolicy {
        metadata: metadata(installation),
        spec: Some(NetworkPolicySpec {
            pod_selector: Some(selector()),
            policy_types: Some(vec!["Ingress".to_owned()]),
            ingress: Some(vec![NetworkPolicyIngressRule {
                ports: Some(ports.collect()),
                ..NetworkPolicyIngressRule::default()
            }]),
            ..NetworkPolicySpec::default()
        }),
    })
}

fn has_several(installation: &Installation) -> bool {
    installation.replicas > 1
}

pub(super) fn selector() -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels()),
        ..LabelSelector::default()
    }
}
