//! Ongoing writes.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use feast_render::ObjectRef;

use crate::cache::Change;

/// Objects that are being written, with the last watch event of each. The event may just report the
/// write itself, which affects no one.
#[derive(Debug, Default)]
pub struct Writings(Mutex<HashMap<ObjectRef, Written>>);

/// An object that is being written.
#[derive(Debug, Default)]
struct Written {
    /// Number of ongoing writes: several passes may write a shared object.
    count: usize,
    deferred: Option<Change>,
}

impl Writings {
    /// Defers a change if the object is being written; returns whether it is.
    pub fn defer(&self, reference: &ObjectRef, change: &Change) -> bool {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let writing = writings.get_mut(reference);
        let is_written = writing.is_some();
        if let Some(writing) = writing {
            writing.deferred = Some(change.clone());
        }
        is_written
    }

    /// Starts a write of an object.
    pub fn begin(&self, reference: &ObjectRef) {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writings.entry(reference.clone()).or_default().count += 1;
    }

    /// Ends a write; returns the deferred change, if it was the last one.
    pub fn end(&self, reference: &ObjectRef) -> Option<Change> {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let writing = writings.get_mut(reference)?;
        writing.count -= 1;
        if writing.count > 0 {
            return None;
        }
        writings.remove(reference)?.deferred
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::rbac::v1::ClusterRole;

    #[test]
    fn concurrent_writes_lose_no_change() {
        let writings = Writings::default();
        let role = ObjectRef::new::<ClusterRole>(None, "shared");
        let change = Change {
            before: None,
            after: None,
        };
        assert!(!writings.defer(&role, &change));
        writings.begin(&role);
        assert!(writings.defer(&role, &change));
        writings.begin(&role);
        assert!(writings.end(&role).is_none(), "the other is under way");
        assert!(writings.end(&role).is_some());
        assert!(!writings.defer(&role, &change), "both have ended");
        assert!(writings.end(&role).is_none(), "of none that began");
    }
}
