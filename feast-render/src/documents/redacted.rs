//! A document's entries from Secrets, and the document without them.

use go_yaml::{Mapping, Value};

use super::{Document, writer};

/// An entry of a document that comes from a Secret, with everything below it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SecretEntry {
    /// The keys that lead to the enclosing block, such as `online_store`.
    pub block: Vec<&'static str>,
    /// Its key.
    pub key: Value,
    /// Whether Feast determines the key; otherwise the key comes from the Secret, too.
    pub is_named: bool,
    /// The name of the Secret, in the FeatureStore's namespace.
    pub secret: String,
}

impl Document {
    /// The document's entries that come from Secrets, with their values.
    pub fn secrets(&self) -> impl Iterator<Item = (&SecretEntry, &Value)> {
        self.secrets.iter().filter_map(|entry| {
            let mut block = &self.data;
            for key in &entry.block {
                block = block.get(key)?.as_map()?;
            }
            let (_, value) = block.iter().find(|(key, _)| **key == entry.key)?;
            Some((entry, value))
        })
    }

    /// The document with each entry from a Secret replaced by another key and value. If entries get
    /// the same key, the first one is kept.
    ///
    /// ```
    /// # use feast_api::{Admitted, v1::FeatureStore};
    /// # use feast_render::{Answer, Found, OperatorSettings, Time, Wanted};
    /// use feast_render::{render, resolve};
    ///
    /// # let store = Admitted::assume(FeatureStore::from_json(br#"{
    /// #     "apiVersion": "feast.dev/v1",
    /// #     "kind": "FeatureStore",
    /// #     "metadata": { "name": "sample", "namespace": "ml" },
    /// #     "spec": { "feastProject": "a", "services": { "onlineStore": { "persistence": { "store": {
    /// #         "type": "redis", "secretRef": { "name": "stores" }
    /// #     } } } } }
    /// # }"#)?)?;
    /// # let now = Time("2026-01-01T00:00:00Z".parse()?);
    /// # let secret: k8s_openapi::api::core::v1::Secret = serde_json::from_str(
    /// #     r#"{ "data": { "redis": "Y29ubmVjdGlvbl9zdHJpbmc6IGh1bnRlcjI=" } }"#)?;
    /// # let lookup = |wanted: &Wanted| match wanted {
    /// #     Wanted::Secret(_) => Answer::Found(Found::Secret(Box::new(secret.clone()))),
    /// #     _ => Answer::Absent,
    /// # };
    /// let inputs = resolve(store, &OperatorSettings::reference(), &now, lookup)?;
    /// let document = render(&inputs)?.documents.service;
    /// assert!(document.yaml().contains("connection_string: hunter2\n"));
    ///
    /// let shown = document.without_secrets(|entry| {
    ///     (entry.key.clone(), format!("from {}", entry.secret).into())
    /// });
    /// assert!(shown.yaml().contains("connection_string: from stores\n"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn without_secrets(&self, replace: impl Fn(&SecretEntry) -> (Value, Value)) -> Self {
        let data = replaced(&self.data, &mut Vec::new(), &|block, key| {
            let mut entries = self.secrets.iter();
            let entry = entries.find(|entry| entry.block == block && entry.key == *key)?;
            Some(replace(entry))
        });
        Self {
            yaml: writer::write(&data, self.floats),
            data,
            floats: self.floats,
            secrets: Vec::new(),
        }
    }
}

/// Returns the replacement for a key of a block, if there is one.
type Replace<'r> = dyn Fn(&[&str], &Value) -> Option<(Value, Value)> + 'r;

/// A block with entries replaced, also in nested blocks.
fn replaced<'d>(map: &'d Mapping, block: &mut Vec<&'d str>, replace: &Replace<'_>) -> Mapping {
    let mut entries: Vec<(Value, Value)> = Vec::new();
    for (key, value) in map.iter() {
        let entry = replace(block, key).unwrap_or_else(|| {
            let value = match (key.as_str(), value) {
                (Some(name), Value::Map(map)) => {
                    block.push(name);
                    let value = replaced(map, block, replace);
                    block.pop();
                    Value::Map(value)
                }
                (_, value) => value.clone(),
            };
            (key.clone(), value)
        });
        if entries.iter().all(|(key, _)| *key != entry.0) {
            entries.push(entry);
        }
    }
    entries.into_iter().collect()
}
