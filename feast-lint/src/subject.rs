//! What is looked at.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Error, Inputs, ObjectRef, Rendered};
use serde_json::Value;

/// A FeatureStore with what is known around it.
///
/// Only the inputs are needed; the more is given, the more is found.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The FeatureStore, as the API server stores it, and what it is rendered with: contents of
    /// Secrets and ConfigMaps, the platform.
    pub inputs: &'a Inputs,
    /// What it renders to. Default: it is rendered for the check.
    pub rendered: Option<Result<&'a Rendered, &'a Error>>,
    /// The object as somebody wrote it, in the API version in which it was written.
    pub written: Option<&'a Value>,
    /// Other objects of the same input, such as a ScaledObject.
    pub others: &'a [Value],
    /// What the FeatureStore was before a change.
    pub old: Option<&'a FeatureStore>,
    /// What renders it before and after an upgrade of Feast's operator.
    pub upgrade: Option<Upgrade<'a>>,
    keys: Option<Keys<'a>>,
}

/// The same FeatureStore for the operators of two releases.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Upgrade<'a> {
    /// With the operator that runs.
    pub before: &'a Inputs,
    /// With the one that takes its place.
    pub after: &'a Inputs,
}

/// Answers with the keys of Secrets and ConfigMaps.
type Lookup<'a> = dyn Fn(&ObjectRef) -> Option<Vec<String>> + 'a;

#[derive(Clone, Copy)]
struct Keys<'a>(&'a Lookup<'a>);

impl fmt::Debug for Keys<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

impl<'a> Subject<'a> {
    /// The FeatureStore of `inputs`.
    pub fn new(inputs: &'a Inputs) -> Self {
        Self {
            inputs,
            rendered: None,
            written: None,
            others: &[],
            old: None,
            upgrade: None,
            keys: None,
        }
    }

    /// The FeatureStore.
    pub fn store(&self) -> &'a Admitted {
        self.inputs.store()
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

    /// With the keys of Secrets and ConfigMaps that the input has, those too that rendering does not
    /// look at.
    #[must_use]
    pub fn keys(self, lookup: &'a Lookup<'a>) -> Self {
        let keys = Some(Keys(lookup));
        Self { keys, ..self }
    }

    /// The keys of a Secret or ConfigMap of the FeatureStore's namespace, if the input has it.
    pub(crate) fn keys_of(&self, object: &ObjectRef) -> Option<Vec<String>> {
        let asked = if object.kind == "Secret" {
            let secret = self.inputs.secret(&object.name);
            secret.map(|secret| names(secret.data.as_ref()))
        } else {
            let config_map = self.inputs.config_map(&object.name);
            config_map.map(|config_map| names(config_map.data.as_ref()))
        };
        asked.or_else(|| self.keys?.0(object))
    }

    /// With what it was before a change.
    #[must_use]
    pub fn old(self, old: &'a FeatureStore) -> Self {
        let old = Some(old);
        Self { old, ..self }
    }

    /// With what an upgrade of Feast's operator, from that of one to that of the other, renders it
    /// with.
    #[must_use]
    pub fn upgraded(self, before: &'a Inputs, after: &'a Inputs) -> Self {
        let upgrade = Some(Upgrade { before, after });
        Self { upgrade, ..self }
    }
}

fn names<T>(data: Option<&BTreeMap<String, T>>) -> Vec<String> {
    data.into_iter().flat_map(BTreeMap::keys).cloned().collect()
}
