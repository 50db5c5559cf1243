//! A FeatureStore, its autoscalers, and what its pods need.

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Object, ObjectRef, Rendered};
use serde_json::Value;

use super::limits::Limits;
use super::need::{Need, limit, needs};
use super::workload::{Scaled, Workload, workloads};
use crate::scaler::{Scaler, bounds};

/// The resources that a FeatureStore needs as it scales.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Scaling {
    /// The FeatureStore.
    pub feature_store: ObjectRef,
    /// The autoscalers of its servers.
    pub scaled_by: Vec<ObjectRef>,
    /// Its pods, those of the servers first.
    pub workloads: Vec<Workload>,
    /// Their needs together.
    pub needs: Vec<Need>,
}

impl Scaling {
    pub(super) fn of<'o>(
        store: &Admitted,
        rendered: &Rendered,
        beside: impl IntoIterator<Item = &'o Value>,
        limits: &Limits,
    ) -> Self {
        let namespace = store.namespace();
        let feature_store = ObjectRef::new::<FeatureStore>(Some(namespace), store.name());
        let own = rendered.plan.horizontal_pod_autoscaler.as_ref();
        let own = own.map(|own| Object::from(own).to_value());
        let beside: Vec<_> = beside.into_iter().collect();
        let scalers: Vec<&Value> = own.iter().chain(beside.iter().copied()).collect();
        let (scaled, scaled_by) = scaled(&feature_store, rendered, &scalers);
        let defaults = limits.defaults.get(namespace).cloned().unwrap_or_default();
        let workloads = workloads(rendered, scaled, &defaults, namespace);
        let mut needs = needs(&workloads);
        for need in &mut needs {
            limit(need, &workloads, limits, namespace);
        }
        needs.retain(|need| need.peak() > 0 || need.limit.is_some());
        Self {
            feature_store,
            scaled_by,
            workloads,
            needs,
        }
    }
}

/// The number of server pods that autoscalers keep, and these autoscalers.
fn scaled(
    feature_store: &ObjectRef,
    rendered: &Rendered,
    objects: &[&Value],
) -> (Scaled, Vec<ObjectRef>) {
    let namespace = feature_store.namespace.as_deref().unwrap_or_default();
    let servers = rendered.plan.deployment.as_ref().map(Object::from);
    let servers = servers.map(Object::reference);
    let replicas = u64::try_from(rendered.applied().replicas.unwrap_or(1)).unwrap_or(0);
    let mut found = Vec::new();
    let mut all = Vec::new();
    for object in objects {
        let scaler = Scaler::of(object, namespace).zip(bounds(object));
        let Some((scaler, (min, max))) = scaler else {
            continue;
        };
        let sets_spec = scaler.scales(feature_store);
        if sets_spec
            || servers
                .as_ref()
                .is_some_and(|servers| scaler.scales(servers))
        {
            found.push(scaler.object);
            all.push((min, max.max(min), sets_spec));
        }
    }
    let min = all.iter().map(|(min, ..)| *min).min();
    let max = all.iter().map(|(_, max, _)| *max).max();
    let scaled = Scaled {
        bounds: (min.unwrap_or(replicas), max.unwrap_or(replicas)),
        sets_spec: all.iter().all(|(.., sets_spec)| *sets_spec),
    };
    (scaled, found)
}
