//! What the operator acts with: a client, and what keeps account of what is under way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use feast_render::{ObjectRef, Platform};
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
use crate::health::Health;
use crate::meter::Meter;
use crate::observed::Observed;
use crate::pace::paced;
use crate::platform;
use crate::queue::Queue;
use crate::turn::Turns;
use crate::writings::Writings;

/// A FeatureStore to look at again, in the controller's terms.
pub type Trigger = reflector::ObjectRef<Observed>;

/// What the operator acts with.
pub struct Hands {
    /// The way to the API server. Every request ends.
    pub client: Client,
    /// Tells people.
    pub events: Events,
    /// What is being written.
    pub writings: Writings,
    /// When to try again.
    pub backoffs: Backoffs,
    /// How things went.
    pub meter: Arc<dyn Meter>,
    /// Whether it gets on.
    pub health: Health,
    /// Which passes are at work.
    pub(crate) turns: Turns,
    /// Who wants to change what all FeatureStores share.
    pub(crate) queue: Queue,
    /// FeatureStores that changed and wait for a pass.
    waiting: Mutex<BTreeSet<ObjectRef>>,
    /// API resources by API version and kind.
    resources: BTreeMap<(String, String), ApiResource>,
    /// Controllers, by the namespace that they are for.
    controllers: Mutex<Vec<(Option<String>, UnboundedSender<Trigger>)>>,
    /// Who cleans up after FeatureStores that are gone.
    cleaner: Mutex<Option<UnboundedSender<ObjectRef>>>,
}

impl Hands {
    /// What an operator that is told this acts with.
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
        let kinds = platform::namespaced(&Platform::openshift().with_service_monitor()).into_iter();
        let kinds = kinds.chain(platform::cluster_scoped());
        let kinds = kinds.chain([platform::feature_store(), platform::mlflow()]);
        let named = |kind: ApiResource| ((kind.api_version.clone(), kind.kind.clone()), kind);
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
            resources: kinds.map(named).collect(),
            controllers: Mutex::default(),
            cleaner: Mutex::default(),
        }
    }

    /// Objects of a type, in one namespace or all.
    pub fn api(&self, resource: &ApiResource, namespace: Option<&str>) -> Api<Observed> {
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, resource),
            None => Api::all_with(self.client.clone(), resource),
        }
    }

    /// Where an object of a type is that is read as a whole.
    pub(crate) fn contents<K>(&self, object: &ObjectRef) -> Api<K>
    where
        K: Resource<DynamicType = (), Scope = NamespaceResourceScope>,
    {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        Api::namespaced(self.client.clone(), namespace)
    }

    /// Where an object is.
    ///
    /// # Errors
    ///
    /// [`Error::UnknownKind`]: it is of a type that no FeatureStore calls for.
    pub fn api_of(&self, object: &ObjectRef) -> Result<Api<Observed>, Error> {
        let key = (object.api_version.to_string(), object.kind.to_string());
        let resource = self.resources.get(&key);
        let resource = resource.ok_or_else(|| Error::UnknownKind(object.clone()))?;
        Ok(self.api(resource, object.namespace.as_deref()))
    }

    /// The FeatureStores of a scope that are to be looked at again from now on.
    pub fn triggers(&self, scope: Option<String>) -> UnboundedReceiver<Trigger> {
        let (sender, receiver) = unbounded();
        lock(&self.controllers).push((scope, sender));
        receiver
    }

    /// Has a FeatureStore looked at again.
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

    /// A FeatureStore waits for a pass.
    pub(crate) fn wait(&self, key: &ObjectRef) {
        let mut waiting = lock(&self.waiting);
        waiting.insert(key.clone());
        self.meter.waiting(waiting.len());
    }

    /// A FeatureStore waits no longer: its pass begins, or there is none to make.
    pub(crate) fn begin(&self, key: &ObjectRef) {
        let mut waiting = lock(&self.waiting);
        waiting.remove(key);
        self.meter.waiting(waiting.len());
    }

    /// The FeatureStores that go from now on, for whoever asks last.
    pub(crate) fn departures(&self) -> UnboundedReceiver<ObjectRef> {
        let (sender, receiver) = unbounded();
        *lock(&self.cleaner) = Some(sender);
        receiver
    }

    /// Keeps no account any more of a FeatureStore that is gone, and has it cleaned up.
    pub fn let_go(&self, key: &ObjectRef) {
        self.meter.forget(key);
        self.backoffs.reset(key);
        if let Some(cleaner) = lock(&self.cleaner).as_ref() {
            // Who has ended cleans up nothing.
            let _ = cleaner.unbounded_send(key.clone());
        }
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows no client.
impl fmt::Debug for Hands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hands")
            .field("writings", &self.writings)
            .finish_non_exhaustive()
    }
}
