//! JSON as the engine reads it: a decoded body or a [`serde_json::Value`], through one type.

mod decode;
mod duplicates;
mod index;
mod node;
mod scan;

pub(crate) use decode::{Tree, decode};
pub(crate) use node::{Data, Fields, Items, Json, Node};

/// Levels of nesting that are kept. Deeper ones are checked for syntax only: no schema reaches
/// there, and what follows may recurse.
pub(crate) const KEPT_DEPTH: usize = 256;
