//! What is looked at.

use feast_api::v1::FeatureStore;
use feast_render::{Error, Inputs, Rendered};
use serde_json::Value;

/// A FeatureStore with what is known around it.
///
/// Only the FeatureStore and the inputs are needed; the more is given, the more is found.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The FeatureStore, as the API server stores it.
    pub store: &'a FeatureStore,
    /// What it is rendered with: contents of Secrets and ConfigMaps, the platform.
    pub inputs: &'a Inputs,
    /// What it renders to. Default: it is rendered for the check.
    pub rendered: Option<Result<&'a Rendered, &'a Error>>,
    /// The object as somebody wrote it, in the API version in which it was written.
    pub written: Option<&'a Value>,
    /// Other objects of the same input, such as a ScaledObject.
    pub others: &'a [Value],
    /// What the FeatureStore was before a change.
    pub old: Option<&'a FeatureStore>,
}

impl<'a> Subject<'a> {
    /// A FeatureStore that is rendered with `inputs`.
    pub fn new(store: &'a FeatureStore, inputs: &'a Inputs) -> Self {
        Self {
            store,
            inputs,
            rendered: None,
            written: None,
            others: &[],
            old: None,
        }
    }

    /// With what it renders to, or why it does not.
    #[must_use]
    pub fn rendered(self, rendered: Result<&'a Rendered, &'a Error>) -> Self {
        let rendered = Some(rendered);
        Self { rendered, ..self }
    }

    /// With the object as somebody wrote it.
    #[must_use]
    pub fn written(self, written: &'a Value) -> Self {
        let written = Some(written);
        Self { written, ..self }
    }

    /// With other objects of the same input.
    #[must_use]
    pub fn others(self, others: &'a [Value]) -> Self {
        Self { others, ..self }
    }

    /// With what it was before a change.
    #[must_use]
    pub fn old(self, old: &'a FeatureStore) -> Self {
        let old = Some(old);
        Self { old, ..self }
    }
}
