//! Tells this operator's own writes from what others do.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use feast_render::ObjectRef;
use kube::api::{Patch, PatchParams};
use serde_json::Value;

use crate::MANAGER;
use crate::cache::Change;
use crate::context::Context;
use crate::error::Error;
use crate::observed::Observed;

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

    fn begin(&self, reference: &ObjectRef) {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writings.insert(reference.clone(), None);
    }

    fn end(&self, reference: &ObjectRef) -> Option<Change> {
        let mut writings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        writings.remove(reference).flatten()
    }
}

/// Parameters of a patch, whatever it is, in this operator's name.
pub fn params() -> PatchParams {
    PatchParams {
        field_manager: Some(MANAGER.to_owned()),
        ..PatchParams::default()
    }
}

/// Sends a merge patch; the object as it is then.
///
/// # Errors
///
/// The request failed.
pub async fn merge(
    context: &Context,
    object: &ObjectRef,
    patch: &Value,
) -> Result<Observed, Error> {
    let api = context.api_of(object)?;
    context.metrics.write("patch");
    let writing = Writing::begin(context, object);
    let answer = api
        .patch(&object.name, &params(), &Patch::Merge(patch))
        .await;
    Ok(writing.done(answer.map_err(Error::request(object))?))
}

/// A write that is under way. What a watch tells of the object is kept back until it ends.
#[derive(Debug)]
pub struct Writing<'a> {
    context: &'a Context,
    reference: &'a ObjectRef,
}

impl<'a> Writing<'a> {
    /// The object is about to be written.
    pub fn begin(context: &'a Context, reference: &'a ObjectRef) -> Self {
        context.writings.begin(reference);
        Self { context, reference }
    }

    /// The API server has answered with the object as it is now.
    pub fn done(self, answer: Observed) -> Observed {
        let answer = answer.of_kind(&self.reference.kind);
        let deferred = self.context.writings.end(self.reference);
        self.context.know_written(self.reference, answer.clone());
        let of_another = |change: &Change| {
            let after = change.after.as_ref();
            after.is_none_or(|after| after.version() != answer.version())
        };
        if let Some(change) = deferred.filter(of_another) {
            self.context.announce(self.reference, Some(&change));
        }
        answer
    }
}

/// The write failed, or nobody waits for it any longer.
impl Drop for Writing<'_> {
    fn drop(&mut self) {
        let deferred = self.context.writings.end(self.reference);
        self.context.announce(self.reference, deferred.as_ref());
    }
}
