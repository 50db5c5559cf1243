//! A watching client.

use std::io;

use bytes::Bytes;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender};
use serde_json::{Value, json};

use super::change::{Change, shown};
use super::request::{Request, Selection};

/// Lines of a streaming answer.
pub(super) type Lines = UnboundedReceiver<io::Result<Bytes>>;

/// A watching client.
pub(super) struct Watcher {
    pub(super) request: Request,
    pub(super) selection: Selection,
    /// It has all changes up to this version.
    pub(super) at: u64,
    pub(super) lines: UnboundedSender<io::Result<Bytes>>,
}

impl Watcher {
    /// Whether it watches a resource, or any if that is `None`.
    pub(super) fn is_of(&self, resource: Option<&str>) -> bool {
        resource.is_none_or(|resource| resource == self.request.kind.plural)
    }

    /// Sends an event, unless the client is gone.
    pub(super) fn tell(&self, kind: &str, object: &Value) {
        let line = format!("{}\n", json!({ "type": kind, "object": object }));
        let _ = self.lines.unbounded_send(Ok(line.into()));
    }

    pub(super) fn tell_change(&self, change: &Change) {
        let has = |object: &Value| self.selection.has(&change.key, object);
        let before = change.before.as_deref().filter(|object| has(object));
        let after = change.after.as_deref().filter(|object| has(object));
        match (before, after) {
            (None, None) => {}
            (None, Some(object)) => self.tell("ADDED", &self.shown(object)),
            (Some(_), Some(object)) => self.tell("MODIFIED", &self.shown(object)),
            (Some(object), None) => {
                let mut object = self.shown(object);
                object["metadata"]["resourceVersion"] = change.version.to_string().into();
                self.tell("DELETED", &object);
            }
        }
    }

    /// Sends a bookmark.
    pub(super) fn bookmark(&self, version: u64, ends_list: bool) {
        let kind = &self.request.kind;
        let mut metadata = json!({ "resourceVersion": version.to_string() });
        if ends_list {
            metadata["annotations"] = json!({ "k8s.io/initial-events-end": "true" });
        }
        let object = json!({
            "apiVersion": kind.api_version(), "kind": kind.name, "metadata": metadata,
        });
        self.tell("BOOKMARK", &self.shown(&object));
    }

    pub(super) fn shown(&self, object: &Value) -> Value {
        shown(object, &self.request, false)
    }
}
