//! The operator's means to act: a client, and bookkeeping of ongoing work.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use feast_render::ObjectRef;
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use k8s_openapi::NamespaceResourceScope;
use kube::api::Api;
use kube::core::ApiResource;
use kube::runtime::events::Reporter;
use kube::runtime::reflector;
use kube::{Client, Resource};

use crate::MANAGER;
use crate::backoff::Backoffs;
use crate::bounded::heard;
use crate::configuration::Configuration;
use crate::error::Error;
use crate::events::Events;
use crate::fetched::Fetched;
use crate::health::Health;
use crate::meter::Meter;
use crate::pace::paced;
use crate::platform;
use crate::queue::Queue;
use crate::turn::Turns;
use crate::writings::Writings;

/// A FeatureStore to reconcile again, as the controller represents it.
pub type Trigger = reflector::ObjectRef<Fetched>;

/// The operator's means to act.
pub struct Hands {
    /// The client. All its requests have a timeout.
    pub client: Client,
    /// Publishes events.
    pub events: Events,
    /// Ongoing writes.
    pub writings: Writings,
    /// Delays of retries.
    pub backoffs: Backoffs,
    /// The metrics.
    pub meter: Arc<dyn Meter>,
    /// The operator's own health.
    pub health: Health,
    /// Limits the number of active passes.
    pub(crate) turns: Turns,
    /// FeatureStores that wait for a change of shared ConfigMaps.
    pub(crate) queue: Queue,
    /// Changed FeatureStores that wait for a pass.
    waiting: Mutex<BTreeSet<ObjectRef>>,
    /// Controllers, by the namespace that they watch.
    controllers: Mutex<Vec<(Option<String>, UnboundedSender<Trigger>)>>,
    /// Cleans up after deleted FeatureStores.
    cleaner: Mutex<Option<UnboundedSender<ObjectRef>>>,
}

impl Hands {
    /// Creates the means of an operator with this configuration.
    pub fn new(client: Client, configuration: &Configuration, meter: Arc<dyn Meter>) -> Self {
        let client = heard(client, Arc::clone(&meter));
        let client = match configuration.rate {
            Some(rate) => paced(client, rate),
            None => client,
        };
        let reporter = Reporter {
            controller: MANAGER.to_owned(),
            instance: Some(configuration.identity.clone()),
        };
        Self {
            events: Events::new(client.clone(), reporter),
            client,
            writings: Writings::default(),
            backoffs: Backoffs::new(configuration.delays),
            meter,
            health: Health::default(),
            turns: Turns::new(configuration.concurrency),
            queue: Queue::default(),
            waiting: Mutex::default(),
            controllers: Mutex::default(),
            cleaner: Mutex::default(),
        }
    }

    /// The API for objects of a type, in one namespace or all.
    pub fn api(&self, resource: &ApiResource, namespace: Option<&str>) -> Api<Fetched> {
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, resource),
            None => Api::all_with(self.client.clone(), resource),
        }
    }

    /// The API for an object that is read with its contents.
    pub(crate) fn contents<K>(&self, object: &ObjectRef) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
    {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        Api::namespaced(self.client.clone(), namespace)
    }

    /// The API for an object.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownKind`]: no FeatureStore needs objects of this type.
    pub fn api_of(&self, object: &ObjectRef) -> Result<Api<Fetched>, Error> {
        let resource = platform::resource(object);
        let resource = resource.ok_or_else(|| Error::UnknownKind(object.clone()))?;
        Ok(self.api(&resource, object.namespace.as_deref()))
    }

    /// A stream of the FeatureStores of a scope to reconcile again.
    pub fn triggers(&self, scope: Option<String>) -> UnboundedReceiver<Trigger> {
        let (sender, receiver) = unbounded();
        lock(&self.controllers).push((scope, sender));
        receiver
    }

    /// Schedules another pass over a FeatureStore.
    pub fn trigger(&self, key: &ObjectRef) {
        let namespace = key.namespace.as_deref().unwrap_or_default();
        let trigger = reflector::ObjectRef::new_with(&key.name, platform::feature_store());
        for (scope, sender) in lock(&self.controllers).iter() {
            if scope.as_deref().is_none_or(|scope| scope == namespace)
                && sender
                    .unbounded_send(trigger.clone().within(namespace))
                    .is_ok()
            {
                self.wait(key);
            }
        }
    }

    /// Records that a FeatureStore waits for a pass.
    pub(crate) fn wait(&self, key: &ObjectRef) {
        let mut waiting = lock(&self.waiting);
        waiting.insert(key.clone());
        self.meter.waiting(waiting.len());
    }

    /// Records that a FeatureStore no longer waits: its pass starts, or none is needed.
    pub(crate) fn begin(&self, key: &ObjectRef) {
        let mut waiting = lock(&self.waiting);
        waiting.remove(key);
        self.meter.waiting(waiting.len());
    }

    /// A stream of FeatureStores that are deleted from now on; it replaces earlier streams.
    pub(crate) fn departures(&self) -> UnboundedReceiver<ObjectRef> {
        let (sender, receiver) = unbounded();
        *lock(&self.cleaner) = Some(sender);
        receiver
    }

    /// Forgets a deleted FeatureStore, and has it cleaned up.
    pub fn let_go(&self, key: &ObjectRef) {
        self.meter.forget(key);
        self.backoffs.reset(key);
        if let Some(cleaner) = lock(&self.cleaner).as_ref() {
            // After the shutdown nothing is cleaned up.
            let _ = cleaner.unbounded_send(key.clone());
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Omits the client.
impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hands")
            .field("writings", &self.writings)
            .finish_non_exhaustive()
    }
}
