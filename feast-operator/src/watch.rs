//! Watches, which fill the caches and trigger passes.

use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::Arc;

use feast_render::{CLUSTER_ROLES_SELECTOR, OBJECTS_SELECTOR, ObjectRef};
use futures::channel::oneshot;
use futures::future::{BoxFuture, Shared, join_all};
use futures::{FutureExt, Stream, StreamExt};
use kube::api::{Api, DynamicObject, ListParams, PartialObjectMeta};
use kube::core::ApiResource;
use kube::runtime::WatchStreamExt;
use kube::runtime::reflector::Store;
use kube::runtime::reflector::store::Writer;
use kube::runtime::watcher::{self, Event, watcher};
use tokio::task::JoinSet;

use crate::cache::{Cache, Change};
use crate::context::Context;
use crate::fetched::Fetched;
use crate::knowledge::Knowledge;
use crate::platform;
use feast_render::drift::is_installed_kind;

/// One watch.
#[derive(Clone, Debug)]
struct Watch {
    resource: ApiResource,
    /// All namespaces if `None`.
    namespace: Option<String>,
    keeps: Keeps,
}

/// Which of the watched objects are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Keeps {
    /// Those that are rendered.
    Rendered,
    /// All.
    Everything,
    /// Only the versions of all.
    Versions,
    /// All selected ones; the controller's store lists them.
    FeatureStores,
}

/// The FeatureStores of a scope, for a controller.
pub type Scope = (Option<String>, Store<Fetched>);

/// The watches of a cluster. They end when this is dropped.
#[derive(Debug)]
pub struct Watches {
    /// The FeatureStores that they report.
    pub scopes: Vec<Scope>,
    synced: Vec<Synced>,
    _running: JoinSet<()>,
}

impl Watches {
    /// Waits until the caches are full.
    pub async fn synced(&mut self) {
        join_all(std::mem::take(&mut self.synced)).await;
    }
}

/// Starts all watches.
pub fn start(context: &Arc<Context>) -> Watches {
    let mut running = JoinSet::new();
    let mut scopes = Vec::new();
    let mut synced: Vec<Synced> = Vec::new();
    let watches = watches(&context.known);
    let (first, then): (Vec<_>, Vec<_>) = watches
        .into_iter()
        .partition(|watch| watch.keeps == Keeps::FeatureStores);
    let mut begin = |watch: Watch, after: Option<Synced>| -> Synced {
        let writer = Writer::new(watch.resource.clone());
        if watch.keeps == Keeps::FeatureStores {
            scopes.push((watch.namespace.clone(), writer.as_reader()));
        }
        let (done, is_done) = oneshot::channel();
        let context = Arc::clone(context);
        running.spawn(async move {
            if let Some(after) = after {
                after.await;
            }
            watch.run(&context, writer, done).await;
        });
        // If the sender is gone, the operator has ended.
        is_done.map(drop).boxed().shared()
    };
    synced.extend(first.into_iter().map(|watch| begin(watch, None)));
    let stores = join_all(synced.clone()).map(drop).boxed().shared();
    // Which FeatureStores exist determines which objects other operators reconcile.
    let is_sharded = context.known.configuration.is_sharded();
    let after = |watch: &Watch| {
        let waits = is_sharded && watch.keeps == Keeps::Rendered;
        waits.then(|| stores.clone())
    };
    for watch in then {
        let after = after(&watch);
        synced.push(begin(watch, after));
    }
    Watches {
        scopes,
        synced,
        _running: running,
    }
}

/// Resolves when all objects of a kind are known.
type Synced = Shared<BoxFuture<'static, ()>>;

/// The API server does not allow listing a kind that must be watched.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{kind}: {why}")]
#[non_exhaustive]
pub struct Refused {
    /// The kind.
    pub kind: String,
    /// The server's message.
    pub why: String,
}

/// Checks whether everything that must be watched may be listed, because watches retry forever.
///
/// # Errors
///
/// A kind that may not be listed.
pub async fn check(context: &Context) -> Result<(), Refused> {
    for watch in watches(&context.known) {
        let api = context
            .hands
            .api(&watch.resource, watch.namespace.as_deref());
        let listed = api.list_metadata(&ListParams::default().limit(1)).await;
        listed.map_err(|error| Refused {
            kind: watch.resource.kind.clone(),
            why: match error {
                kube::Error::Api(status) => status.message,
                error => error.to_string(),
            },
        })?;
    }
    Ok(())
}

fn watches(known: &Knowledge) -> Vec<Watch> {
    let watch = |resource, namespace: Option<&str>, keeps| Watch {
        resource,
        namespace: namespace.map(str::to_owned),
        keeps,
    };
    let rendered = |resource, namespace| watch(resource, namespace, Keeps::Rendered);
    let platform = &known.offer.platform;
    let scopes = known.configuration.scopes();
    let mut watches = Vec::new();
    for scope in &scopes {
        let scope = scope.as_deref();
        let kinds = platform::namespaced(platform).into_iter();
        watches.extend(kinds.map(|kind| rendered(kind, scope)));
        let kinds = platform::referred().into_iter();
        watches.extend(kinds.map(|kind| watch(kind, scope, Keeps::Versions)));
        let stores = platform::feature_store();
        if known.configuration.is_sharded() {
            watches.push(watch(stores.clone(), scope, Keeps::Versions));
        }
        watches.push(watch(stores, scope, Keeps::FeatureStores));
    }
    let kinds = platform::cluster_scoped().into_iter();
    watches.extend(kinds.map(|kind| rendered(kind, None)));
    if known.offer.mlflow {
        watches.push(watch(platform::mlflow(), None, Keeps::Everything));
    }
    let shared = known.discovery_namespace();
    let covered = |namespace: &str| {
        scopes
            .iter()
            .any(|scope| scope.as_deref().is_none_or(|scope| scope == namespace))
    };
    if let Some(shared) = shared.filter(|shared| !covered(shared)) {
        let kinds = platform::shared().into_iter();
        watches.extend(kinds.map(|kind| rendered(kind, Some(shared))));
    }
    watches
}

impl Watch {
    async fn run(self, context: &Context, writer: Writer<Fetched>, synced: oneshot::Sender<()>) {
        let config = watcher::Config::default();
        let namespace = self.namespace.as_deref();
        let mirror = Mirror {
            context,
            resource: &self.resource,
            namespace,
            versions_only: self.keeps == Keeps::Versions,
            seen: BTreeSet::new(),
            synced: Some(synced),
            writer: (self.keeps == Keeps::FeatureStores).then_some(writer),
        };
        match self.keeps {
            Keeps::Versions => {
                let client = context.hands.client.clone();
                let api: Api<PartialObjectMeta<DynamicObject>> = match namespace {
                    Some(namespace) => Api::namespaced_with(client, namespace, &self.resource),
                    None => Api::all_with(client, &self.resource),
                };
                let events = watcher(api, config).default_backoff();
                let keep = |object: PartialObjectMeta<_>| Fetched::version_of(object.metadata);
                follow(mirror, &context.known.versions, events, keep).await;
            }
            Keeps::Rendered | Keeps::Everything | Keeps::FeatureStores => {
                let config = match self.keeps {
                    Keeps::Rendered => config.labels(selector(&self.resource)),
                    Keeps::FeatureStores => {
                        config.labels(&context.known.configuration.selector.to_string())
                    }
                    _ => config,
                };
                let api = context.hands.api(&self.resource, namespace);
                let events = watcher(api, config).default_backoff();
                let keep = |fetched: Fetched| {
                    let reference = fetched.reference(&self.resource);
                    fetched.map(|object| {
                        let object = object.of_kind(&self.resource.kind);
                        context.known.as_kept(&reference, object)
                    })
                };
                follow(mirror, &context.known.objects, events, keep).await;
            }
        }
    }
}

/// The label selector for rendered objects of a kind.
fn selector(resource: &ApiResource) -> &'static str {
    if is_installed_kind(&resource.kind) {
        CLUSTER_ROLES_SELECTOR
    } else {
        OBJECTS_SELECTOR
    }
}

/// Updates a cache from a stream of events.
async fn follow<K>(
    mut mirror: Mirror<'_>,
    cache: &Cache,
    events: impl Stream<Item = watcher::Result<Event<K>>>,
    keep: impl Fn(K) -> Fetched,
) {
    let mut events = pin!(events);
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => mirror.take(cache, map(event, &keep)),
            Err(error) => mirror.warn(&error),
        }
    }
}

fn map<K, L>(event: Event<K>, map: &impl Fn(K) -> L) -> Event<L> {
    match event {
        Event::Init => Event::Init,
        Event::InitApply(object) => Event::InitApply(map(object)),
        Event::InitDone => Event::InitDone,
        Event::Apply(object) => Event::Apply(map(object)),
        Event::Delete(object) => Event::Delete(map(object)),
    }
}

/// The part of a cache for one kind and scope.
struct Mirror<'a> {
    context: &'a Context,
    resource: &'a ApiResource,
    namespace: Option<&'a str>,
    versions_only: bool,
    /// The objects of a list that is not yet complete.
    seen: BTreeSet<ObjectRef>,
    /// Notified when the first list is complete.
    synced: Option<oneshot::Sender<()>>,
    /// The controller's store.
    writer: Option<Writer<Fetched>>,
}

impl Mirror<'_> {
    fn take(&mut self, cache: &Cache, event: Event<Fetched>) {
        let known = self.writer.is_some().then(|| event.clone());
        let known = known.map(|event| map(event, &|object: Fetched| object.identity()));
        let is_done = matches!(event, Event::InitDone);
        match event {
            Event::Init => self.seen.clear(),
            Event::InitApply(object) => {
                self.seen.insert(object.reference(self.resource));
                self.put(cache, object);
            }
            Event::InitDone => {
                let seen = std::mem::take(&mut self.seen);
                for (reference, change) in cache.retain(&seen, |object| self.has(object)) {
                    self.tell(&reference, &change);
                }
            }
            Event::Apply(object) => self.put(cache, object),
            Event::Delete(object) => {
                let reference = object.reference(self.resource);
                if let Some(change) = cache.remove(&reference, &object.object) {
                    self.tell(&reference, &change);
                }
            }
        }
        if let Some((writer, known)) = self.writer.as_mut().zip(known) {
            writer.apply_watcher_event(&known);
        }
        if let Some(synced) = self.synced.take_if(|_| is_done) {
            // The receiver is dropped on shutdown.
            let _ = synced.send(());
        }
    }

    fn put(&self, cache: &Cache, fetched: Fetched) {
        let reference = fetched.reference(self.resource);
        if let Some(change) = cache.put(reference.clone(), fetched.object) {
            self.tell(&reference, &change);
        }
    }

    fn tell(&self, reference: &ObjectRef, change: &Change) {
        if self.versions_only {
            self.context.hear_version(reference);
        } else {
            self.context.hear(reference, change);
        }
    }

    fn has(&self, object: &ObjectRef) -> bool {
        object.api_version == self.resource.api_version
            && object.kind == self.resource.kind
            && (self.namespace.is_none() || object.namespace.as_deref() == self.namespace)
    }

    fn warn(&self, error: &watcher::Error) {
        let kind = &self.resource.kind;
        self.context.hands.meter.interruption(kind);
        tracing::warn!(kind, namespace = self.namespace, %error, "watch interrupted");
    }
}
