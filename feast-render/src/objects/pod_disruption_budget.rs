//! The PodDisruptionBudget of the servers.

use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;

use crate::context::Context;

pub(crate) fn pod_disruption_budget(context: &Context<'_>) -> Option<PodDisruptionBudget> {
    let config = context.services.pod_disruption_budgets.as_ref()?;
    // A budget for a single pod would block every drain.
    if !context.scaling() {
        return None;
    }
    let names = &context.names;
    let spec = PodDisruptionBudgetSpec {
        min_available: config.min_available.clone(),
        max_unavailable: config.max_unavailable.clone(),
        selector: Some(LabelSelector {
            match_labels: Some(names.selector()),
            ..LabelSelector::default()
        }),
        ..PodDisruptionBudgetSpec::default()
    };
    Some(PodDisruptionBudget {
        metadata: context.metadata(names.feast(), names.labels()),
        spec: Some(spec),
        ..PodDisruptionBudget::default()
    })
}
