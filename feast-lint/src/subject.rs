//! The input of a check.

use std::collections::BTreeMap;
use std::fmt;

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Error, Inputs, ObjectRef, Rendered};
use serde_json::Value;

use crate::neighbours::Neighbour;

/// A FeatureStore with its context.
///
/// Only the inputs are required. More context gives more findings.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Subject<'a> {
    /// The FeatureStore as the API server stores it, and its rendering inputs: data of Secrets and
    /// ConfigMaps, the platform.
    pub inputs: &'a Inputs,
    /// The rendering. Default: rendered for the check.
    pub rendered: Option<Result<&'a Rendered, &'a Error>>,
    /// The object as written, in its own API version.
    pub written: Option<&'a dyn Written>,
    /// Other objects in the input, such as a ScaledObject. [`concerned`](crate::concerned) says which
    /// matter.
    pub others: &'a [&'a Value],
    /// Other FeatureStores in the input.
    pub neighbours: &'a [&'a Neighbour],
    /// The FeatureStore before a change.
    pub old: Option<&'a FeatureStore>,
    /// The rendering inputs before and after an operator upgrade.
    pub upgrade: Option<Upgrade<'a>>,
    lookup: Option<Lookup<'a>>,
}

/// The same FeatureStore with the operators of two releases.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Upgrade<'a> {
    /// With the running operator.
    pub before: &'a Inputs,
    /// With its successor.
    pub after: &'a Inputs,
}

/// A FeatureStore as written in a manifest. Few lints read it, so that parsing can wait until one does.
pub trait Written: fmt::Debug {
    /// Its `apiVersion`, if it is a string.
    fn api_version(&self) -> Option<&str>;

    /// Whether it has the field at this path.
    fn has(&self, path: &[&str]) -> bool;

    /// The object.
    fn object(&self) -> &Value;
}

impl Written for Value {
    fn api_version(&self) -> Option<&str> {
        self.get("apiVersion")?.as_str()
    }

    fn has(&self, path: &[&str]) -> bool {
        let mut path = path.iter();
        path.try_fold(self, |value, name| value.get(name)).is_some()
    }

    fn object(&self) -> &Value {
        self
    }
}

/// Whether a Secret or ConfigMap has a key; `None` if the object is unknown.
type HasKey<'a> = dyn Fn(&ObjectRef, &str) -> Option<bool> + 'a;

#[derive(Clone, Copy)]
struct Lookup<'a>(&'a HasKey<'a>);

impl fmt::Debug for Lookup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookup")
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
            neighbours: &[],
            old: None,
            upgrade: None,
            lookup: None,
        }
    }

    /// The FeatureStore.
    pub fn store(&self) -> &'a Admitted {
        self.inputs.store()
    }

    /// Sets the rendering, or its error.
    #[must_use]
    pub fn rendered(self, rendered: Result<&'a Rendered, &'a Error>) -> Self {
        let rendered = Some(rendered);
        Self { rendered, ..self }
    }

    /// Sets the object as written.
    #[must_use]
    pub fn written(self, written: &'a dyn Written) -> Self {
        let written = Some(written);
        Self { written, ..self }
    }

    /// Sets the other objects of the input.
    #[must_use]
    pub fn others(self, others: &'a [&'a Value]) -> Self {
        Self { others, ..self }
    }

    /// Sets the other FeatureStores of the input.
    #[must_use]
    pub fn neighbours(self, neighbours: &'a [&'a Neighbour]) -> Self {
        Self { neighbours, ..self }
    }

    /// Sets a function that says whether a Secret or ConfigMap of the input has a key, including those
    /// that rendering does not read; `None` if the input lacks the object.
    #[must_use]
    pub fn keys(self, has_key: &'a HasKey<'a>) -> Self {
        let lookup = Some(Lookup(has_key));
        Self { lookup, ..self }
    }

    /// Whether a Secret or ConfigMap of the FeatureStore's namespace has a key; `None` if the input
    /// lacks the object.
    pub(crate) fn has_key(&self, object: &ObjectRef, key: &str) -> Option<bool> {
        let asked = if object.kind == "Secret" {
            let secret = self.inputs.secret(&object.name);
            secret.map(|secret| has(secret.data.as_ref(), key))
        } else {
            let config_map = self.inputs.config_map(&object.name);
            config_map.map(|config_map| has(config_map.data.as_ref(), key))
        };
        asked.or_else(|| self.lookup?.0(object, key))
    }

    /// Sets the FeatureStore before the change.
    #[must_use]
    pub fn old(self, old: &'a FeatureStore) -> Self {
        let old = Some(old);
        Self { old, ..self }
    }

    /// Sets the rendering inputs before and after an operator upgrade.
    #[must_use]
    pub fn upgraded(self, before: &'a Inputs, after: &'a Inputs) -> Self {
        let upgrade = Some(Upgrade { before, after });
        Self { upgrade, ..self }
    }
}

fn has<T>(data: Option<&BTreeMap<String, T>>, key: &str) -> bool {
    data.is_some_and(|data| data.contains_key(key))
}
