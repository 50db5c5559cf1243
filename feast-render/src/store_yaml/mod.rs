//! The `feature_store.yaml` documents of a FeatureStore: for its servers, for clients and for the
//! lineage server.
//!
//! Each has a function in a file of its own, from `Facts` to a [`Document`]. A file for a block
//! makes what documents have in common. What Secrets and ConfigMaps hold is read by `reader`,
//! after the rules of go-yaml, and `writer` writes YAML that every loader understands.

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
mod reader;
mod registry;
mod service;
mod stores;
#[cfg(test)]
mod testing;
mod timestamp;
mod value;
mod writer;

use std::fmt;

pub(crate) use batch_engine::BatchEngine;
pub(crate) use client::client;
pub use error::{Error, Shown};
pub(crate) use facts::Facts;
pub(crate) use lineage::lineage;
pub use reader::ReadError;
pub(crate) use service::service;
pub use timestamp::Timestamp;
pub use value::{Float, Mapping, Value};

use crate::deviations::Deviation;
use block::Block;
use writer::Floats;

/// A `feature_store.yaml`.
///
/// It may hold credentials of stores: [`Debug`](fmt::Debug) shows the shape of the data only.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    data: Mapping,
    floats: Floats,
}

impl Document {
    fn new(facts: &Facts<'_>, block: Block) -> Self {
        let pointed = facts.corrects(Deviation::YamlFloats);
        Self {
            data: block.into(),
            floats: if pointed { Floats::Pointed } else { Floats::Go },
        }
    }

    /// What the document says.
    pub const fn data(&self) -> &Mapping {
        &self.data
    }

    /// The text of the document. It loads to the same data in any YAML 1.1 or 1.2 loader.
    pub fn to_yaml(&self) -> String {
        writer::write(&self.data, self.floats)
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Document").field(&self.data).finish()
    }
}
