//! The `feature_store.yaml` documents of a FeatureStore: for its servers, its clients and its
//! lineage server.
//!
//! Each document has its own file, with a function from `Facts` to a [`Document`]; shared blocks
//! have files, too. [`go_yaml`] reads the data of Secrets and ConfigMaps as the reference does, and
//! `writer` writes YAML that every loader reads the same.

mod auth;
mod batch_engine;
mod block;
mod client;
mod error;
mod facts;
mod go_text;
mod lineage;
mod mlflow;
mod openlineage;
mod parameters;
mod paths;
mod redacted;
mod registry;
mod service;
mod stores;
#[cfg(test)]
mod testing;
mod writer;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

pub(crate) use auth::needed_properties;
pub(crate) use batch_engine::{BatchEngine, batch_engine_key};
pub use error::Error;
pub(crate) use facts::Facts;
pub use go_yaml::{Error as ReadError, Float, Mapping, Timestamp, Value};
pub use redacted::SecretEntry;

use crate::corrections::Correction;
use block::Block;
use writer::Floats;

/// The `feature_store.yaml` documents of a FeatureStore.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Documents {
    /// For the servers.
    pub service: Document,
    /// For clients.
    pub client: Document,
    /// For the lineage server, if there is one.
    pub lineage: Option<Document>,
}

impl Documents {
    /// Creates the documents in the reference's order, so that the first error is the same.
    pub(crate) fn of(facts: &Facts<'_>) -> Result<Self, Error> {
        let service = service::service(facts)?;
        let lineage = facts.has_lineage_server().then(|| lineage::lineage(facts));
        let lineage = lineage.transpose()?;
        let client = client::client(facts)?;
        Ok(Self {
            service,
            client,
            lineage,
        })
    }
}

/// A `feature_store.yaml`, as data and as text.
///
/// It may contain credentials of stores: [`Debug`](fmt::Debug) shows the structure only.
///
/// ```
/// # use feast_api::{Admitted, v1::FeatureStore};
/// use feast_render::documents::Value;
/// use feast_render::{Answer, OperatorSettings, Time, render, resolve};
///
/// # let store = Admitted::assume(FeatureStore::from_json(br#"{
/// #     "apiVersion": "feast.dev/v1",
/// #     "kind": "FeatureStore",
/// #     "metadata": { "name": "sample", "namespace": "ml" },
/// #     "spec": { "feastProject": "credit_scoring" }
/// # }"#)?)?;
/// # let now = Time("2026-01-01T00:00:00Z".parse()?);
/// let inputs = resolve(store, &OperatorSettings::reference(), &now, |_| Answer::Absent)?;
/// let document = render(&inputs)?.documents.service;
/// assert!(document.yaml().starts_with("project: credit_scoring\n"));
/// let store = document.data().get("online_store").and_then(Value::as_map);
/// assert_eq!(store.and_then(|store| store.get("type")?.as_str()), Some("sqlite"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    data: Mapping,
    yaml: String,
    floats: Floats,
    secrets: Vec<SecretEntry>,
}

impl Document {
    fn new(facts: &Facts<'_>, block: Block) -> Self {
        let pointed = facts.corrects(Correction::YamlFloats);
        let floats = if pointed { Floats::Pointed } else { Floats::Go };
        let (data, secrets) = block.finish();
        Self {
            yaml: writer::write(&data, floats),
            data,
            floats,
            secrets,
        }
    }

    /// The data.
    pub const fn data(&self) -> &Mapping {
        &self.data
    }

    /// The text of the document. It loads to the same data in any YAML 1.1 or 1.2 loader.
    pub fn yaml(&self) -> &str {
        &self.yaml
    }

    /// The text, base64-encoded as pods expect it.
    pub(crate) fn base64(&self) -> String {
        STANDARD.encode(&self.yaml)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Document").field(&self.data).finish()
    }
}
