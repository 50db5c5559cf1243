//! The objects of a server as clients see them, with versions and history.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures::channel::oneshot;
use serde_json::{Value, json};

use super::change::{Change, shown};
use super::exchange::Exchange;
use super::faults::{Fault, Requests, named};
use super::kinds::{Kind, Kinds};
use super::refusal::{Refusal, bad_request, expired, not_found};
use super::request::{Request, Selection, Subresource};
use super::watcher::Watcher;
use crate::cluster::{Controllers, Key, Store};

/// The creation time of all objects: an in-memory server has no clock.
const TIME: &str = "2026-01-01T00:00:00Z";
/// The number of changes kept for watches.
const REMEMBERED: usize = 10_000;

/// The state of a server.
#[derive(Default)]
pub(super) struct State {
    pub(super) kinds: Kinds,
    pub(super) store: Store,
    pub(super) controllers: Controllers,
    published: BTreeMap<Key, Published>,
    /// Changes, ordered by version.
    pub(super) history: VecDeque<Change>,
    /// Changes up to this version are forgotten.
    pub(super) forgotten: u64,
    /// The newest version.
    pub(super) version: u64,
    pub(super) watchers: Vec<Watcher>,
    /// Resources whose watches are paused; `None` for all of them.
    pub(super) held: BTreeSet<Option<String>>,
    pub(super) faults: Vec<(Requests, Fault)>,
    /// Requests without an answer.
    pub(super) silenced: Vec<oneshot::Sender<()>>,
    pub(super) exchanges: Vec<Exchange>,
    /// Counter for generated names.
    pub(super) names: u32,
}

/// Locks the state.
pub(super) fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An object as clients see it.
struct Published {
    version: u64,
    generation: i64,
    object: Arc<Value>,
}

impl State {
    /// A server with the user's objects of this one.
    pub(super) fn fresh(&self) -> Self {
        let mut fresh = Self {
            kinds: self.kinds.clone(),
            controllers: self.controllers,
            store: self.store.without_operator(),
            ..Self::default()
        };
        let keys: Vec<Key> = fresh.store.objects().keys().cloned().collect();
        for key in &keys {
            fresh.publish_one(key);
        }
        fresh
    }

    /// The object of a request.
    pub(super) fn found(&self, request: &Request) -> Result<Arc<Value>, Refusal> {
        self.found_at(&request.kind, &request.key())
    }

    /// An object of a kind.
    pub(super) fn found_at(&self, kind: &Kind, key: &Key) -> Result<Arc<Value>, Refusal> {
        let found = self.published.get(key);
        let found = found.map(|published| Arc::clone(&published.object));
        found.ok_or_else(|| not_found(kind, &key.name))
    }

    /// The objects of a selection, after a key, ordered by key.
    pub(super) fn selected<'a>(
        &'a self,
        selection: &'a Selection,
        after: Option<Key>,
    ) -> impl Iterator<Item = (&'a Key, &'a Arc<Value>)> {
        let Selection {
            api_version, kind, ..
        } = selection;
        let first = Key::new(api_version, kind, "", "");
        let published = self.published.range(after.clone().unwrap_or(first)..);
        let of_kind = published
            .take_while(move |(key, _)| key.api_version == *api_version && key.kind == *kind);
        of_kind
            .filter(move |(key, published)| {
                after.as_ref() != Some(*key) && selection.has(key, &published.object)
            })
            .map(|(key, published)| (key, &published.object))
    }

    /// A list, or a chunk of one.
    pub(super) fn list(&self, request: &Request) -> Result<Value, Refusal> {
        let selection = request.selection()?;
        let limit = request.parameter("limit");
        let limit = limit.and_then(|limit| limit.parse().ok()).unwrap_or(0);
        let limit = if limit == 0 { usize::MAX } else { limit };
        let (version, after) = match request.parameter("continue") {
            None => (self.version, None),
            Some(token) => {
                let (version, key) = continued(token)?;
                if version < self.forgotten {
                    return Err(expired(version, self.forgotten));
                }
                (version, Some(key))
            }
        };
        let mut found = self.selected(&selection, after).peekable();
        let (mut items, mut last) = (Vec::new(), None);
        while items.len() < limit
            && let Some((key, object)) = found.next()
        {
            items.push(shown(object, request, true));
            last = Some(key);
        }
        let mut metadata = json!({ "resourceVersion": version.to_string() });
        if let (Some(last), Some(_)) = (last, found.peek()) {
            metadata["continue"] = format!("{version}:{last}").into();
        }
        let (api_version, kind) = if request.metadata_only {
            ("meta.k8s.io/v1".to_owned(), "PartialObjectMetadata")
        } else {
            (request.kind.api_version(), request.kind.name.as_str())
        };
        Ok(json!({
            "apiVersion": api_version, "kind": format!("{kind}List"),
            "metadata": metadata, "items": items,
        }))
    }

    /// Publishes written objects, and `also` this one, whose managers may have changed; returns the
    /// object before controllers react.
    pub(super) fn publish(&mut self, also: Option<&Key>) -> Option<Arc<Value>> {
        let mut answer = None;
        let mut unpublished = also.cloned();
        loop {
            let changes = self.store.take_changes();
            let keys: BTreeSet<Key> = changes.written.into_iter().chain(changes.deleted).collect();
            let keys: BTreeSet<Key> = keys.into_iter().chain(unpublished.take()).collect();
            if keys.is_empty() {
                break;
            }
            for key in &keys {
                if self.store.get(key).is_some_and(is_released) {
                    self.store.delete(key);
                }
                self.publish_one(key);
            }
            let live = also.and_then(|key| self.published.get(key));
            answer = answer.or_else(|| live.map(|live| Arc::clone(&live.object)));
            self.controllers.play(&mut self.store);
        }
        while self.history.len() > REMEMBERED {
            let oldest = self.history.pop_front();
            self.forgotten = oldest.map_or(self.forgotten, |oldest| oldest.version);
        }
        self.feed();
        answer
    }

    fn publish_one(&mut self, key: &Key) {
        let before = self.published.get(key);
        let uid = |object: &Value| object["metadata"]["uid"].clone();
        let live = self.store.get(key);
        let is_other = before
            .zip(live)
            .is_some_and(|(before, live)| uid(&before.object) != uid(live));
        if (live.is_none() || is_other)
            && let Some(gone) = self.published.remove(key)
        {
            self.remember(key, Some(gone.object), None);
        }
        let Some(live) = self.store.get(key) else {
            return;
        };
        let before = self.published.get(key);
        let generation = match before {
            Some(before) => before.generation + i64::from(differs(&before.object, live)),
            None => 1,
        };
        let mut object = live.clone();
        self.decorate(key, &mut object, generation);
        let version = before.map_or(0, |before| before.version);
        object["metadata"]["resourceVersion"] = version.to_string().into();
        if before.is_some_and(|before| *before.object == object) {
            return;
        }
        let version = self.version + 1;
        object["metadata"]["resourceVersion"] = version.to_string().into();
        let object = Arc::new(object);
        let published = Published {
            version,
            generation,
            object: Arc::clone(&object),
        };
        let before = self.published.insert(key.clone(), published);
        self.remember(key, before.map(|before| before.object), Some(object));
    }

    fn remember(&mut self, key: &Key, before: Option<Arc<Value>>, after: Option<Arc<Value>>) {
        self.version += 1;
        self.history.push_back(Change {
            version: self.version,
            key: key.clone(),
            before,
            after,
        });
    }

    /// Adds the server's fields to an object.
    fn decorate(&self, key: &Key, object: &mut Value, generation: i64) {
        let kind = self.kinds.of_object(&key.api_version, &key.kind);
        let entries = self.store.fields(key);
        let entries = entries.map(|fields| fields.entries(&key.api_version, TIME));
        let Some(metadata) = object["metadata"].as_object_mut() else {
            return;
        };
        metadata.insert("creationTimestamp".to_owned(), TIME.into());
        if kind.is_some_and(|kind| kind.has_status) {
            metadata.insert("generation".to_owned(), generation.into());
        }
        if let Some(entries) = entries.filter(|entries| *entries != json!([])) {
            metadata.insert("managedFields".to_owned(), entries);
        }
    }

    /// Records a request: its fault, and its index.
    pub(super) fn hear(&mut self, request: &Request) -> (Option<Fault>, usize) {
        let subresource = request.subresource.map(|part| match part {
            Subresource::Status => "status",
            Subresource::Scale => "scale",
        });
        self.exchanges.push(Exchange {
            user: request.user.clone(),
            verb: request.verb,
            resource: request.kind.plural.clone(),
            subresource,
            namespace: request.namespace.clone(),
            name: named(request),
            code: None,
        });
        let mut faults = self.faults.iter_mut();
        let fault = faults.find_map(|(requests, fault)| requests.take(request).then_some(fault));
        (fault.cloned(), self.exchanges.len() - 1)
    }

    /// Ends hanging requests.
    pub(super) fn silence(&mut self) -> oneshot::Receiver<()> {
        let (silenced, recovered) = oneshot::channel();
        self.silenced.push(silenced);
        recovered
    }

    /// An object as clients see it.
    pub(super) fn object(&self, key: &Key) -> Option<Value> {
        let published = self.published.get(key)?;
        Some((*published.object).clone())
    }

    /// The objects of a kind as clients see them.
    pub(super) fn of_kind(&self, api_version: &str, kind: &str) -> Vec<Value> {
        let published = self.published.range(Key::new(api_version, kind, "", "")..);
        let of_kind =
            published.take_while(|(key, _)| key.api_version == api_version && key.kind == kind);
        of_kind
            .map(|(_, published)| (*published.object).clone())
            .collect()
    }
}

/// Whether an object is being deleted and has no finalizers.
fn is_released(object: &Value) -> bool {
    let metadata = &object["metadata"];
    let finalizers = metadata["finalizers"].as_array();
    !metadata["deletionTimestamp"].is_null() && finalizers.is_none_or(Vec::is_empty)
}

/// Whether anything but metadata and status differs.
fn differs(one: &Value, other: &Value) -> bool {
    let parts = |object: &Value| {
        let fields = object.as_object().into_iter().flatten();
        let fields = fields.filter(|(name, _)| *name != "metadata" && *name != "status");
        fields
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect::<BTreeMap<_, _>>()
    };
    parts(one) != parts(other)
}

/// Version and last object of the previous chunk of a list.
fn continued(token: &str) -> Result<(u64, Key), Refusal> {
    let parts = token.split_once(':');
    let parts = parts.and_then(|(version, key)| Some((version.parse().ok()?, key.parse().ok()?)));
    parts.ok_or_else(|| bad_request("continue key is not valid"))
}
