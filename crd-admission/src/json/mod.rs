//! JSON values, from a decoded body or a [`serde_json::Value`], as one type.

mod decode;
mod duplicates;
mod index;
mod node;
mod scan;

pub(crate) use decode::{Tree, decode};
pub(crate) use node::{Data, Fields, Items, Json, Node};

/// Maximum nesting depth to keep. Deeper values are only checked for syntax: no schema goes that
/// deep, and later stages may recurse.
pub(crate) const KEPT_DEPTH: usize = 256;
