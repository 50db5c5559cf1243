//! A section of the output, in any format.

use super::need::Need;
use super::scaling::Scaling;
use super::together::Together;
use super::workload::{Pods, Workload};

/// A FeatureStore, or resources that several share.
pub(super) struct Section {
    pub(super) title: String,
    /// The scaling of its servers.
    pub(super) about: String,
    /// The headings of the minimum and the maximum.
    pub(super) heads: [String; 2],
    pub(super) needs: Vec<Need>,
    pub(super) workloads: Vec<Workload>,
}

impl Section {
    pub(super) fn of(store: &Scaling) -> Self {
        let place = store.feature_store.place();
        let servers = store.workloads.first();
        let count = |pods: fn(&Workload) -> Pods| servers.map_or(0, |it| pods(it).at_rest);
        let (min, max) = (count(|it| it.min), count(|it| it.max));
        let scalers = store.scaled_by.iter();
        let scalers: Vec<_> = scalers
            .map(|it| format!("{} {}", it.kind, it.name))
            .collect();
        let about = if scalers.is_empty() {
            pods(max)
        } else {
            format!("{min} to {}, scaled by {}", pods(max), scalers.join(", "))
        };
        Self {
            title: format!("{} {place}", store.feature_store.kind),
            about,
            heads: [pods(min), pods(max)],
            needs: store.needs.clone(),
            workloads: store.workloads.clone(),
        }
    }

    pub(super) fn of_all(together: Together) -> Self {
        let stores = together.feature_stores.iter();
        let names: Vec<_> = stores.map(feast_render::ObjectRef::place).collect();
        Self {
            title: together.title,
            about: names.join(", "),
            heads: ["min".to_owned(), "max".to_owned()],
            needs: together.needs,
            workloads: Vec::new(),
        }
    }

    /// Whether the number of pods is fixed.
    pub(super) fn is_fixed(&self) -> bool {
        self.needs.iter().all(|need| need.min == need.max)
    }
}

/// A number of pods in words.
pub(super) fn pods(count: u64) -> String {
    match count {
        1 => "1 pod".to_owned(),
        count => format!("{count} pods"),
    }
}
