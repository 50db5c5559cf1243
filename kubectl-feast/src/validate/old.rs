//! FeatureStores as they are before an update.

use std::collections::HashMap;
use std::path::PathBuf;

use feast_api::Version;
use feast_api::v1::FeatureStore;
use feast_check::manifest::Document;
use feast_validate::Validator;
use serde_json::Value;

use crate::input::{Files, Unreadable};

/// Stored FeatureStores by namespace and name.
#[derive(Debug, Default)]
pub(super) struct Old(HashMap<(String, String), Value>);

impl Old {
    pub(super) fn read(files: &[PathBuf], namespace: &str) -> Result<Self, Unreadable> {
        let files = Files {
            files: files.to_vec(),
        };
        let mut old = Self::default();
        for text in files.texts() {
            let text = text?;
            for document in text.documents() {
                let document =
                    document.map_err(|error| Unreadable(format!("{}: {error}", text.name())))?;
                old.add(&document, namespace);
            }
        }
        Ok(old)
    }

    /// A manifest is taken as what it is stored as; one that would be refused was stored as it is.
    fn add(&mut self, document: &Document, namespace: &str) {
        let Ok(Some(version)) = document.feature_store_version() else {
            return;
        };
        let namespace = document.namespace().unwrap_or(namespace).to_owned();
        let name = document.name().unwrap_or_default().to_owned();
        let verdict = Validator::of(version).create(&document.json);
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
    pub(super) fn store(&self, store: &FeatureStore) -> Option<FeatureStore> {
        let metadata = &store.metadata;
        let mut old = self
            .find(metadata.namespace.as_deref()?, metadata.name.as_deref()?)?
            .clone();
        old["apiVersion"] = Version::V1.api_version().into();
        let mut old = FeatureStore::from_value(old).ok()?;
        old.metadata.namespace.clone_from(&metadata.namespace);
        Some(old)
    }
}
