//! What is being written.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use feast_render::ObjectRef;

use crate::cache::Change;

/// Objects that are being written, with the last that a watch told of each meanwhile: it may be
/// just what is written, which is nobody's concern.
#[derive(Debug, Default)]
pub struct Writings(Mutex<HashMap<ObjectRef, Option<Change>>>);

impl Writings {
    /// Keeps a change back if the object is being written; whether it is.
    pub fn defer(&self, reference: &ObjectRef, change: &Change) -> bool {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let writing = writings.get_mut(reference);
        let is_written = writing.is_some();
        if let Some(deferred) = writing {
            *deferred = Some(change.clone());
        }
        is_written
    }

    /// An object is about to be written.
    pub fn begin(&self, reference: &ObjectRef) {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writings.insert(reference.clone(), None);
    }

    /// The write has ended; what was kept back meanwhile.
    pub fn end(&self, reference: &ObjectRef) -> Option<Change> {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writings.remove(reference).flatten()
    }
}
