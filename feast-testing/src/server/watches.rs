//! Watches: what they tell, and what goes wrong with them.

use std::io;

use bytes::Bytes;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use serde_json::{Value, json};

use super::Server;
use super::refusal::{Refusal, bad_request, expired};
use super::request::{Request, Selection};
use super::state::{Change, State, shown};

/// Lines of an answer that does not end.
pub(super) type Lines = UnboundedReceiver<io::Result<Bytes>>;

/// A client that hears of changes.
pub(super) struct Watcher {
    request: Request,
    selection: Selection,
    /// Up to this version it has heard everything.
    at: u64,
    lines: UnboundedSender<io::Result<Bytes>>,
}

impl Watcher {
    /// Whether it is one of a resource, or of any if that is `None`.
    fn is_of(&self, resource: Option<&str>) -> bool {
        resource.is_none_or(|resource| resource == self.request.kind.plural)
    }

    /// Tells of something, unless nobody listens.
    fn tell(&self, kind: &str, object: &Value) {
        let line = format!("{}\n", json!({ "type": kind, "object": object }));
        let _ = self.lines.unbounded_send(Ok(line.into()));
    }

    fn tell_change(&self, change: &Change) {
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

    /// Tells how far it has come.
    fn bookmark(&self, version: u64, ends_list: bool) {
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

    fn shown(&self, object: &Value) -> Value {
        shown(object, &self.request, false)
    }
}

impl State {
    /// Begins a watch.
    pub(super) fn watch(&mut self, request: Request) -> Result<Lines, Refusal> {
        let selection = request.selection()?;
        let since = match request.parameter("resourceVersion") {
            None | Some("0") => None,
            Some(version) => {
                let version = version.parse();
                Some(version.map_err(|_| bad_request("invalid resource version"))?)
            }
        };
        let lists = request.flag("sendInitialEvents");
        let (lines, answer) = unbounded();
        let mut watcher = Watcher {
            request,
            selection,
            at: since.unwrap_or(self.version),
            lines,
        };
        if lists || since.is_none() {
            for (_, object) in self.selected(&watcher.selection, None) {
                watcher.tell("ADDED", &watcher.shown(object));
            }
            watcher.at = self.version;
            if lists {
                watcher.bookmark(self.version, true);
            }
        }
        self.watchers.push(watcher);
        self.feed();
        Ok(answer)
    }

    /// Tells watches what they have not heard yet.
    pub(super) fn feed(&mut self) {
        let (held, version, forgotten) = (&self.held, self.version, self.forgotten);
        let is_held = |watcher: &Watcher| {
            let mut held = held.iter();
            held.any(|resource| watcher.is_of(resource.as_deref()))
        };
        let history = &self.history;
        self.watchers.retain_mut(|watcher| {
            if is_held(watcher) {
                return !watcher.lines.is_closed();
            }
            if watcher.at < forgotten {
                watcher.tell("ERROR", &expired(watcher.at, forgotten).status());
                return false;
            }
            let first = history.partition_point(|change| change.version <= watcher.at);
            for change in history.range(first..) {
                watcher.tell_change(change);
            }
            watcher.at = version;
            !watcher.lines.is_closed()
        });
    }
}

/// The watches of a [`Server`], or those of one resource, for a test to disturb.
#[derive(Debug)]
pub struct Watches<'s> {
    pub(super) server: &'s Server,
    pub(super) resource: Option<String>,
}

impl Watches<'_> {
    /// Of these, those of a resource, such as `services`.
    #[must_use]
    pub fn of(self, resource: &str) -> Self {
        let resource = Some(resource.to_owned());
        Self { resource, ..self }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        let state = self.server.state();
        let watchers = state.watchers.iter();
        let open = watchers.filter(|watcher| !watcher.lines.is_closed());
        open.filter(|watcher| watcher.is_of(self.resource.as_deref()))
            .count()
    }

    /// They tell nothing until they are [released](Self::release): they lag.
    pub fn hold(&self) {
        self.server.state().held.insert(self.resource.clone());
    }

    /// They tell all that they have kept back.
    pub fn release(&self) {
        let mut state = self.server.state();
        state.held.remove(&self.resource);
        state.feed();
    }

    /// Their connections break.
    pub fn cut(&self) {
        let resource = self.resource.as_deref();
        let mut state = self.server.state();
        for watcher in state
            .watchers
            .extract_if(.., |watcher| watcher.is_of(resource))
        {
            let broken = io::Error::from(io::ErrorKind::ConnectionReset);
            let _ = watcher.lines.unbounded_send(Err(broken));
        }
    }

    /// Those that allow it are told how far they have come.
    pub fn bookmark(&self) {
        let state = self.server.state();
        let watchers = state.watchers.iter();
        let of_resource = watchers.filter(|watcher| watcher.is_of(self.resource.as_deref()));
        for watcher in of_resource.filter(|watcher| watcher.request.flag("allowWatchBookmarks")) {
            watcher.bookmark(watcher.at, false);
        }
    }
}
