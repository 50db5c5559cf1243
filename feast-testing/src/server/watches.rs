//! Watches and their faults.

use std::fmt;
use std::io;
use std::sync::Mutex;

use futures::channel::mpsc::unbounded;

use super::refusal::{Refusal, bad_request, expired};
use super::request::Request;
use super::state::{State, lock};
use super::watcher::{Lines, Watcher};

impl State {
    /// Starts a watch.
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

    /// Sends new changes to watches.
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

/// The watches of a [`Server`](super::Server), or of one resource, for a test to disturb.
pub struct Watches<'s> {
    pub(super) state: &'s Mutex<State>,
    pub(super) resource: Option<String>,
}

impl fmt::Debug for Watches<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut watches = f.debug_struct("Watches");
        watches.field("resource", &self.resource);
        watches.finish_non_exhaustive()
    }
}

impl Watches<'_> {
    /// Only those of a resource, such as `services`.
    #[must_use]
    pub fn of(self, resource: &str) -> Self {
        let resource = Some(resource.to_owned());
        Self { resource, ..self }
    }

    /// The number of watches.
    pub fn count(&self) -> usize {
        let state = lock(self.state);
        let watchers = state.watchers.iter();
        let open = watchers.filter(|watcher| !watcher.lines.is_closed());
        open.filter(|watcher| watcher.is_of(self.resource.as_deref()))
            .count()
    }

    /// Pauses them until they are [released](Self::release): they lag.
    pub fn hold(&self) {
        lock(self.state).held.insert(self.resource.clone());
    }

    /// Sends everything that was held back.
    pub fn release(&self) {
        let mut state = lock(self.state);
        state.held.remove(&self.resource);
        state.feed();
    }

    /// Breaks their connections.
    pub fn cut(&self) {
        let resource = self.resource.as_deref();
        let mut state = lock(self.state);
        for watcher in state
            .watchers
            .extract_if(.., |watcher| watcher.is_of(resource))
        {
            let broken = io::Error::from(io::ErrorKind::ConnectionReset);
            let _ = watcher.lines.unbounded_send(Err(broken));
        }
    }

    /// Sends bookmarks to those that allow them.
    pub fn bookmark(&self) {
        let state = lock(self.state);
        let watchers = state.watchers.iter();
        let of_resource = watchers.filter(|watcher| watcher.is_of(self.resource.as_deref()));
        for watcher in of_resource.filter(|watcher| watcher.request.flag("allowWatchBookmarks")) {
            watcher.bookmark(watcher.at, false);
        }
    }
}
