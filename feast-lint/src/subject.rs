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
    keys: Option<Keys<'a>>,
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

/// Returns the keys of Secrets and ConfigMaps.
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
            neighbours: &[],
            old: None,
            upgrade: None,
            keys: None,
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

    /// Sets the keys of the input's Secrets and ConfigMaps, including those that rendering does not
    /// read.
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

fn names<T>(data: Option<&BTreeMap<String, T>>) -> Vec<String> {
    data.into_iter().flat_map(BTreeMap::keys).cloned().collect()
}
