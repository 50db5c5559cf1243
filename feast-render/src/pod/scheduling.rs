//! Scheduling of the pods.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{
    Affinity, PodAffinityTerm, PodAntiAffinity, TopologySpreadConstraint, WeightedPodAffinityTerm,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use crate::context::Context;

/// The node selector of all servers, then that of each server.
pub(super) fn node_selector(context: &Context<'_>) -> Option<BTreeMap<String, String>> {
    let mut selector = context.services.node_selector.clone().unwrap_or_default();
    for server in &context.servers {
        let labels = server.settings.node_selector.into_iter().flatten();
        selector.extend(labels.map(|(key, value)| (key.clone(), value.clone())));
    }
    Some(selector).filter(|selector| !selector.is_empty())
}

/// By default, replicas are spread over zones; an empty list disables this.
pub(super) fn topology_spread(context: &Context<'_>) -> Option<Vec<TopologySpreadConstraint>> {
    match &context.services.topology_spread_constraints {
        Some(given) => Some(given).filter(|given| !given.is_empty()).cloned(),
        None => context.scaling().then(|| {
            vec![TopologySpreadConstraint {
                max_skew: 1,
                topology_key: "topology.kubernetes.io/zone".to_owned(),
                when_unsatisfiable: "ScheduleAnyway".to_owned(),
                label_selector: Some(own_pods(context)),
                ..TopologySpreadConstraint::default()
            }]
        }),
    }
}

/// By default, replicas avoid each other's nodes.
pub(super) fn affinity(context: &Context<'_>) -> Option<Affinity> {
    let anti_affinity = || {
        let term = WeightedPodAffinityTerm {
            weight: 100,
            pod_affinity_term: PodAffinityTerm {
                topology_key: "kubernetes.io/hostname".to_owned(),
                label_selector: Some(own_pods(context)),
                ..PodAffinityTerm::default()
            },
        };
        Affinity {
            pod_anti_affinity: Some(PodAntiAffinity {
                preferred_during_scheduling_ignored_during_execution: Some(vec![term]),
                ..PodAntiAffinity::default()
            }),
            ..Affinity::default()
        }
    };
    let given = context.services.affinity.clone();
    given.or_else(|| context.scaling().then(anti_affinity))
}

fn own_pods(context: &Context<'_>) -> LabelSelector {
    LabelSelector {
        match_labels: Some(context.names.selector()),
        ..LabelSelector::default()
    }
}
