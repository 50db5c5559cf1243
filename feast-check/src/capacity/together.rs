//! Resources that FeatureStores share: the quota of their namespace, a database, the cluster.

use std::collections::BTreeMap;

use feast_render::ObjectRef;

use super::limits::{Limit, Limits};
use super::measure::Measure;
use super::need::{Need, What};
use super::scaling::Scaling;

/// Resources that several FeatureStores share.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Together {
    /// The scope: `namespace ml`, or `all FeatureStores`.
    pub title: String,
    /// The FeatureStores.
    pub feature_stores: Vec<ObjectRef>,
    /// What they need of the shared resources together.
    pub needs: Vec<Need>,
}

pub(super) fn together(stores: &[Scaling], limits: &Limits) -> Vec<Together> {
    let mut groups = of_namespaces(stores, limits);
    let all: Vec<_> = stores.iter().collect();
    let given = |measure| limits.of_all(measure).cloned();
    let is_shared = |need: &Need, count: usize| match need.measure {
        Measure::Connections => count > 1,
        measure => given(measure).is_some(),
    };
    groups.extend(group(
        "all FeatureStores".to_owned(),
        &all,
        is_shared,
        given,
    ));
    groups
}

/// FeatureStores of one namespace share its quotas.
fn of_namespaces(stores: &[Scaling], limits: &Limits) -> Vec<Together> {
    let mut namespaces = BTreeMap::<_, Vec<_>>::new();
    for store in stores {
        let namespace = store.feature_store.namespace.as_deref();
        namespaces
            .entry(namespace.unwrap_or_default())
            .or_default()
            .push(store);
    }
    let groups = namespaces.into_iter().filter_map(|(namespace, stores)| {
        let hard = |measure| limits.of_namespace(namespace, measure).cloned();
        let is_limited = |need: &Need, _| hard(need.measure).is_some();
        group(format!("namespace {namespace}"), &stores, is_limited, hard)
    });
    groups.collect()
}

/// Sums the needs of FeatureStores for shared resources.
fn group(
    title: String,
    stores: &[&Scaling],
    is_shared: impl Fn(&Need, usize) -> bool,
    limit: impl Fn(Measure) -> Option<Limit>,
) -> Option<Together> {
    let mut sums = BTreeMap::<What, (Need, usize)>::new();
    for need in stores.iter().flat_map(|store| &store.needs) {
        if let Some((sum, count)) = sums.get_mut(&need.what()) {
            sum.add(need);
            *count += 1;
            continue;
        }
        let mut sum = need.clone();
        // Each FeatureStore's own section lists these containers.
        sum.silent.clear();
        sum.silent_init.clear();
        sums.insert(need.what(), (sum, 1));
    }
    let shared = sums
        .into_values()
        .filter(|(need, count)| is_shared(need, *count));
    let needs: Vec<_> = shared
        .map(|(need, _)| Need {
            limit: limit(need.measure),
            enough_for: None,
            ..need
        })
        .collect();
    (stores.len() > 1 && !needs.is_empty()).then(|| Together {
        title,
        feature_stores: stores
            .iter()
            .map(|store| store.feature_store.clone())
            .collect(),
        needs,
    })
}
