//! The resources that FeatureStores need as they scale, and whether they fit.
//!
//! Pods, CPU, memory and database connections at the minimum and the maximum of the autoscaler, and at
//! the peak of each: a rolling update that adds pods (`maxSurge`) while the CronJob runs. [`Limits`] come
//! from `ResourceQuotas` and from the caller.
//!
//! Terminating pods and other workloads are not counted. Connection pools count as full
//! ([`feast_lint::pools`]).
//!
//! ```
//! use feast_api::v1::{FeatureStore, FeatureStoreSpec};
//! use feast_api::Admitted;
//! use feast_check::capacity::{Capacity, Limits, Measure};
//! use feast_render::{Answer, OperatorSettings, Time, render, resolve};
//!
//! let mut fs = FeatureStore::new("sample", FeatureStoreSpec {
//!     feast_project: "credit_scoring".into(),
//!     replicas: Some(4),
//!     ..Default::default()
//! });
//! fs.metadata.namespace = Some("ml".into());
//! let now = Time("2026-01-01T00:00:00Z".parse()?);
//! let inputs = resolve(Admitted::assume(fs)?, &OperatorSettings::reference(), &now, |_| Answer::Absent)?;
//!
//! let mut capacity = Capacity::new(Limits::default().at_most(Measure::Pods, 4, "the cluster"));
//! capacity.add(inputs.store(), &render(&inputs)?, []);
//! let misfits: Vec<_> = capacity.misfits().collect();
//! assert_eq!(misfits, [
//!     "FeatureStore ml/sample: pods: 5 at the peak, the cluster is 4; 3 pods fit",
//! ]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod json;
mod limits;
mod measure;
mod need;
mod scaling;
mod section;
#[cfg(feature = "svg")]
mod svg;
mod text;
mod together;
mod workload;

use feast_api::Admitted;
use feast_render::Rendered;
use serde_json::Value;

pub use self::limits::{Limit, Limits, UnreadableLimit};
pub use self::measure::Measure;
pub use self::need::{Amounts, Need};
pub use self::scaling::Scaling;
use self::section::Section;
pub use self::together::Together;
pub use self::workload::{Container, Database, Pods, Workload};

/// The resources that FeatureStores need as they scale, and their limits.
#[derive(Clone, Debug, Default)]
pub struct Capacity {
    limits: Limits,
    stores: Vec<Scaling>,
}

impl Capacity {
    /// A capacity without FeatureStores, with these limits.
    pub const fn new(limits: Limits) -> Self {
        Self {
            limits,
            stores: Vec::new(),
        }
    }

    /// Adds a FeatureStore with its rendering, and the autoscalers that are not part of it.
    /// Autoscalers without a namespace are in the FeatureStore's.
    pub fn add<'o>(
        &mut self,
        store: &Admitted,
        rendered: &Rendered,
        beside: impl IntoIterator<Item = &'o Value>,
    ) {
        self.stores
            .push(Scaling::of(store, rendered, beside, &self.limits));
    }

    /// The FeatureStores.
    pub fn feature_stores(&self) -> &[Scaling] {
        &self.stores
    }

    /// The resources that several FeatureStores share, such as a quota or a database.
    pub fn together(&self) -> Vec<Together> {
        together::together(&self.stores, &self.limits)
    }

    /// Whether everything fits the known limits.
    pub fn fits(&self) -> bool {
        self.misfits().next().is_none()
    }

    /// Describes what does not fit.
    pub fn misfits(&self) -> impl Iterator<Item = String> {
        let sections = self.sections().into_iter();
        sections.flat_map(|section| {
            let misfits = section.needs.iter().filter_map(Need::misfit);
            let misfits = misfits.map(|misfit| format!("{}: {misfit}", section.title));
            misfits.collect::<Vec<_>>()
        })
    }

    /// Quotas that are ignored, with the reason.
    pub fn notes(&self) -> &[String] {
        &self.limits.notes
    }

    /// Lines for a terminal.
    pub fn to_text(&self, color: bool) -> String {
        text::text(&self.sections(), self.notes(), color)
    }

    /// Data, with quantities as Kubernetes writes them.
    pub fn to_json(&self) -> Value {
        json::json(&self.stores, &self.together(), self.notes())
    }

    /// A picture with a light and a dark mode.
    #[cfg(feature = "svg")]
    pub fn to_svg(&self) -> String {
        svg::svg(&self.sections())
    }

    fn sections(&self) -> Vec<Section> {
        let together = self.together();
        let stores = self.stores.iter().map(Section::of);
        stores
            .chain(together.into_iter().map(Section::of_all))
            .collect()
    }
}

#[cfg(test)]
mod tests;
