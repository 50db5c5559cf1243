//! Writes of this operator, distinguished from changes by others.

use feast_render::ObjectRef;
use kube::api::{Patch, PatchParams};
use serde_json::Value;

use crate::MANAGER;
use crate::cache::Change;
use crate::context::Context;
use crate::error::Error;
use crate::observed::Observed;
use crate::segment::segment;
use crate::spans;

/// Patch parameters with this operator's field manager.
pub fn params() -> PatchParams {
    PatchParams {
        field_manager: Some(MANAGER.to_owned()),
        ..PatchParams::default()
    }
}

/// Sends a merge patch; returns the new object.
///
/// # Errors
///
/// The request failed.
pub async fn merge(
    context: &Context,
    object: &ObjectRef,
    patch: &Value,
) -> Result<Observed, Error> {
    let api = context.hands.api_of(object)?;
    context.hands.meter.write("patch");
    let writing = Writing::begin(context, object);
    let (name, params, patch) = (segment(&object.name), params(), Patch::Merge(patch));
    let answer = spans::write("patch", object, api.patch(&name, &params, &patch)).await;
    Ok(writing.done(answer.map_err(Error::request(object))?.object))
}

/// An ongoing write. Watch events of the object are deferred until it ends.
#[derive(Debug)]
pub struct Writing<'a> {
    context: &'a Context,
    reference: &'a ObjectRef,
}

impl<'a> Writing<'a> {
    /// Starts a write of the object.
    pub fn begin(context: &'a Context, reference: &'a ObjectRef) -> Self {
        context.hands.writings.begin(reference);
        Self { context, reference }
    }

    /// Records the API server's response.
    pub fn done(self, answer: Observed) -> Observed {
        let answer = answer.of_kind(&self.reference.kind);
        let deferred = self.context.hands.writings.end(self.reference);
        self.context.hear_answer(self.reference, answer.clone());
        let of_another = |change: &Change| {
            let after = change.after.as_ref();
            after.is_none_or(|after| after.version() != answer.version())
        };
        if let Some(change) = deferred.filter(of_another) {
            self.context.hear(self.reference, &change);
        }
        answer
    }
}

/// The write failed or was cancelled.
impl Drop for Writing<'_> {
    fn drop(&mut self) {
        if let Some(change) = self.context.hands.writings.end(self.reference) {
            self.context.hear(self.reference, &change);
        }
    }
}
