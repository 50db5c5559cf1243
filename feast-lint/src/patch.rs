//! Edits of a FeatureStore.

use apimachinery::FieldPath;
use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, PatchOperation, RemoveOperation, ReplaceOperation};
use serde_json::Value;

/// Sets a field, which may be absent, below one that exists.
pub(crate) fn add(path: &FieldPath, value: impl Into<Value>) -> PatchOperation {
    PatchOperation::Add(AddOperation {
        path: pointer(path),
        value: value.into(),
    })
}

/// Sets an existing field.
pub(crate) fn replace(path: &FieldPath, value: impl Into<Value>) -> PatchOperation {
    PatchOperation::Replace(ReplaceOperation {
        path: pointer(path),
        value: value.into(),
    })
}

pub(crate) fn remove(path: &FieldPath) -> PatchOperation {
    PatchOperation::Remove(RemoveOperation {
        path: pointer(path),
    })
}

fn pointer(path: &FieldPath) -> PointerBuf {
    PointerBuf::parse(path.pointer()).expect("paths are escaped")
}
