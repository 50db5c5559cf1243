//! Objects before an update.

use std::collections::BTreeMap;

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, Version};
use feast_validate::Request;
use serde_json::Value;

use super::custom::may_be_custom;
use super::definitions::Definitions;
use super::{Place, Settings};
use crate::manifest::Document;

/// Stored objects by namespace and name.
#[derive(Clone, Default)]
pub(super) struct Old {
    stores: BTreeMap<Place, Value>,
    /// Other resources as written, by version and kind, too.
    customs: BTreeMap<(String, String, Place), Value>,
}

impl Old {
    /// A manifest counts as the object stored for it, or unchanged if it would be rejected.
    pub(super) fn add(
        &mut self,
        document: &Document,
        settings: &Settings,
        definitions: &Definitions,
    ) {
        let namespace = document.namespace().unwrap_or(&settings.namespace);
        let version = match document.feature_store_version() {
            Ok(Some(version)) => version,
            Ok(None) if may_be_custom(document) => {
                let object = Value::Object(document.object().clone());
                self.customs.insert(custom(document, namespace), object);
                return;
            }
            Ok(None) | Err(_) => return,
        };
        let Some(validator) = definitions.feature_store(version, settings.release) else {
            return;
        };
        let name = document.name().unwrap_or_default().to_owned();
        let request = Request::create(&document.json).namespace(namespace);
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
        self.stores.insert((namespace.to_owned(), name), stored);
    }

    pub(super) fn find(&self, namespace: &str, name: &str) -> Option<&Value> {
        if self.stores.is_empty() {
            return None;
        }
        self.stores.get(&(namespace.to_owned(), name.to_owned()))
    }

    /// The old object of another kind, if it has the same version.
    pub(super) fn custom(&self, document: &Document, namespace: &str) -> Option<&Value> {
        if self.customs.is_empty() {
            return None;
        }
        self.customs.get(&custom(document, namespace))
    }

    /// The old FeatureStore, as `v1`.
    pub(super) fn store(&self, store: &Admitted) -> Option<FeatureStore> {
        let old = self.find(store.namespace(), store.name())?;
        let mut old = FeatureStore::from_value(as_version(Version::V1, old)).ok()?;
        old.metadata.namespace = Some(store.namespace().to_owned());
        Some(old)
    }
}

/// Version, kind and location of a resource, namespaced or not.
fn custom(document: &Document, namespace: &str) -> (String, String, Place) {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let place = (namespace.to_owned(), text(document.name()));
    (text(document.api_version()), text(document.kind()), place)
}

/// The old object, in the version of the update.
pub(super) fn as_version(version: Version, old: &Value) -> Value {
    let mut old = old.clone();
    // Conversion between versions only changes `apiVersion`.
    old["apiVersion"] = version.api_version().into();
    old
}
