//! Generated data for the Helm chart, whose templates only arrange it.

use std::collections::{BTreeMap, BTreeSet};

use feast_render::{CorrectionSet, OperatorSettings, Platform};
use serde::Serialize;
use serde_json::Value;

use super::rbac::Rights;
use super::{Error, Installation, dashboard, monitoring, shared_cluster_roles};

/// Placeholder for the operator's namespace.
const NAMESPACE: &str = "OPERATOR_NAMESPACE";

/// Permissions, and the namespaces of discovery ConfigMaps.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Granted {
    #[serde(flatten)]
    rights: Rights,
    /// In addition to the operator's own namespace, by set of corrections.
    discovery_namespaces: BTreeMap<&'static str, BTreeSet<String>>,
}

/// The chart's files, by name.
///
/// # Errors
///
/// As for [`manifests`](super::manifests).
pub fn files(installation: &Installation) -> Result<Vec<(&'static str, Value)>, Error> {
    let operator = installation.operator(Platform::kubernetes())?;
    let shared = shared_cluster_roles(&operator)?;
    let granted = Granted {
        rights: Rights::of(&shared),
        discovery_namespaces: discovery_namespaces(&operator),
    };
    Ok(vec![
        ("rights.yaml", serde_json::to_value(granted)?),
        ("shared-cluster-roles.yaml", serde_json::to_value(shared)?),
        ("alerts.yaml", monitoring::alerts(NAMESPACE).into()),
        ("dashboard.json", dashboard::dashboard()),
    ])
}

/// The namespaces of discovery ConfigMaps, except the operator's own namespace.
fn discovery_namespaces(operator: &OperatorSettings) -> BTreeMap<&'static str, BTreeSet<String>> {
    let elsewhere = |set: &CorrectionSet| {
        let corrected = OperatorSettings {
            namespace: Some(NAMESPACE.to_owned()),
            corrections: set.corrections(),
            ..operator.clone()
        };
        let namespace = corrected.discovery_namespace();
        let namespace = namespace.filter(|namespace| *namespace != NAMESPACE);
        (
            set.name(),
            namespace.map(str::to_owned).into_iter().collect(),
        )
    };
    CorrectionSet::ALL.iter().map(elsewhere).collect()
}
