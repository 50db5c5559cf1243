//! FeatureStores as they are before an update.

use std::collections::BTreeMap;

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, Version};
use feast_validate::{Request, Validator};
use serde_json::Value;

use super::{Place, Settings};
use crate::manifest::Document;

/// Stored FeatureStores by namespace and name.
#[derive(Clone, Default)]
pub(super) struct Old(BTreeMap<Place, Value>);

impl Old {
    /// A manifest is taken as what it is stored as; one that would be refused was stored as it is.
    pub(super) fn add(&mut self, document: &Document, settings: &Settings) {
        let Ok(Some(version)) = document.feature_store_version() else {
            return;
        };
        let Some(validator) = Validator::of_release(settings.release, version) else {
            return;
        };
        let namespace = document.namespace().unwrap_or(&settings.namespace);
        let namespace = namespace.to_owned();
        let name = document.name().unwrap_or_default().to_owned();
        let request = Request::create(&document.json).namespace(&namespace);
        let verdict = validator.run(request);
        let mut stored = verdict
            .outcome
            .unwrap_or_else(|_| Value::Object(document.object().clone()));
        if let Some(version) = document
            .object()
            .get("metadata")
            .and_then(|metadata| metadata.get("resourceVersion"))
        {
            stored["metadata"]["resourceVersion"] = version.clone();
        }
        self.0.insert((namespace, name), stored);
    }

    pub(super) fn find(&self, namespace: &str, name: &str) -> Option<&Value> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// What a FeatureStore was, as `v1`.
    pub(super) fn store(&self, store: &Admitted) -> Option<FeatureStore> {
        let old = self.find(store.namespace(), store.name())?;
        let mut old = FeatureStore::from_value(as_version(Version::V1, old)).ok()?;
        old.metadata.namespace = Some(store.namespace().to_owned());
        Some(old)
    }
}

/// What there is, in the version that an update of it would send.
pub(super) fn as_version(version: Version, old: &Value) -> Value {
    let mut old = old.clone();
    // Versions are converted by their name alone.
    old["apiVersion"] = version.api_version().into();
    old
}
