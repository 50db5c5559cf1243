//! What all passes share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use feast_api::Admitted;
use feast_api::v1::FeatureStore;
use feast_render::{Correction, ObjectRef, OperatorSettings, Platform};
use futures::channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use kube::api::Api;
use kube::core::ApiResource;
use kube::runtime::events::{Recorder, Reporter};
use kube::runtime::reflector;
use kube::{Client, Resource};

use crate::MANAGER;
use crate::answers::Answers;
use crate::backoff::Backoffs;
use crate::bounded::heard;
use crate::cache::{Cache, Change};
use crate::contents::Contents;
use crate::dependents::Dependents;
use crate::error::Error;
use crate::health::Health;
use crate::metrics::Metrics;
use crate::observed::Observed;
use crate::platform::{self, Offer};
use crate::queue::Queue;
use crate::segment::{refusal, segment};
use crate::settings::Settings;
use crate::writings::Writings;

/// A FeatureStore to look at again, in the controller's terms.
pub type Trigger = reflector::ObjectRef<Observed>;

/// What all passes share.
pub struct Context {
    /// The way to the API server.
    pub client: Client,
    /// What the operator was told.
    pub settings: Settings,
    /// What the cluster offers.
    pub offer: Offer,
    /// FeatureStores and what is rendered for them.
    pub objects: Cache,
    /// Versions of the Secrets and ConfigMaps that there are.
    pub versions: Cache,
    /// What is being written.
    pub writings: Writings,
    /// What the API server made of objects that it changes on their way.
    pub answers: Answers,
    /// What those hold that FeatureStores refer to.
    pub contents: Contents,
    /// Who refers to them.
    pub dependents: Dependents,
    /// How things went.
    pub metrics: Metrics,
    /// Whether it gets on.
    pub health: Health,
    /// When to try again.
    pub backoffs: Backoffs,
    /// Tells people.
    pub recorder: Recorder,
    /// Who wants to change what all FeatureStores share.
    pub(crate) queue: Queue,
    operator: OperatorSettings,
    /// Whether FeatureStores call for the same where they share an object. Those of the reference
    /// do not: they would take it from each other without end if each looked again whenever
    /// another one changes it.
    agrees: bool,
    /// API resources by API version and kind.
    resources: BTreeMap<(String, String), ApiResource>,
    /// Controllers, by the namespace that they are for.
    triggers: Mutex<Vec<(Option<String>, UnboundedSender<Trigger>)>>,
    /// Who cleans up after FeatureStores that are gone.
    departures: Mutex<Option<UnboundedSender<ObjectRef>>>,
}

impl Context {
    /// What passes share on a cluster that offers this.
    pub fn new(client: Client, settings: Settings, offer: Offer) -> Arc<Self> {
        let metrics = Metrics::default();
        let client = heard(client, metrics.heard());
        let reporter = Reporter {
            controller: MANAGER.to_owned(),
            instance: Some(settings.identity()),
        };
        let kinds = platform::namespaced(&Platform::openshift().with_service_monitor()).into_iter();
        let kinds = kinds.chain(platform::cluster_scoped());
        let kinds = kinds.chain([platform::feature_store(), platform::mlflow()]);
        let named = |kind: ApiResource| ((kind.api_version.clone(), kind.kind.clone()), kind);
        let operator = settings.operator(offer.platform.clone());
        let corrects = |correction| operator.corrections.contains(correction);
        Arc::new(Self {
            agrees: corrects(Correction::NamespacedClusterBindings)
                && corrects(Correction::SharedDiscovery),
            operator,
            recorder: Recorder::new(client.clone(), reporter),
            client,
            settings,
            offer,
            objects: Cache::default(),
            versions: Cache::default(),
            writings: Writings::default(),
            answers: Answers::default(),
            contents: Contents::default(),
            dependents: Dependents::default(),
            metrics,
            health: Health::default(),
            backoffs: Backoffs::default(),
            queue: Queue::default(),
            resources: kinds.map(named).collect(),
            triggers: Mutex::default(),
            departures: Mutex::default(),
        })
    }

    /// The namespace of what all FeatureStores share.
    pub fn discovery_namespace(&self) -> Option<&str> {
        self.operator.discovery_namespace()
    }

    /// The settings that rendering is told.
    pub fn operator(&self) -> &OperatorSettings {
        &self.operator
    }

    /// Objects of a type, in one namespace or all.
    pub fn api(&self, resource: &ApiResource, namespace: Option<&str>) -> Api<Observed> {
        match namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, resource),
            None => Api::all_with(self.client.clone(), resource),
        }
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

    /// An object, if it exists. One that no watch tells of is looked at again.
    ///
    /// # Errors
    ///
    /// The API server does not answer, or the object is of a type that no FeatureStore calls for.
    pub async fn live(&self, object: &ObjectRef) -> Result<Option<Arc<Observed>>, Error> {
        if self.objects.is_stranger(object) {
            self.look(object).await?;
        }
        Ok(self.objects.get(object))
    }

    /// Reads an object that no watch may have told of.
    ///
    /// # Errors
    ///
    /// As [`live`](Self::live).
    pub async fn look(&self, object: &ObjectRef) -> Result<(), Error> {
        if refusal(&object.name).is_some() {
            // There is no such object.
            return Ok(());
        }
        let found = self.api_of(object)?.get_opt(&segment(&object.name)).await;
        match found.map_err(Error::request(object))? {
            Some(live) => self
                .objects
                .found(object.clone(), live.of_kind(&object.kind)),
            None => self.objects.forget_stranger(object),
        }
        Ok(())
    }

    /// Takes note of what the API server answered to a write. No FeatureStore is looked at again for
    /// what its own pass did; but others may wait for its status, and it for that of an object.
    pub fn know_written(&self, reference: &ObjectRef, object: Observed) {
        let Some(change) = self.objects.written(reference.clone(), object) else {
            return;
        };
        if reference.kind == feast_api::KIND {
            self.know(reference, &change);
            self.trigger_all(reference, self.dependents.of(reference));
        } else if change.is_in_status(reference) {
            self.trigger_all(reference, self.concerned(reference, &change));
        }
    }

    /// Has every FeatureStore looked at again that a change concerns, itself included.
    pub fn announce(&self, reference: &ObjectRef, change: Option<&Change>) {
        let Some(change) = change else { return };
        if self.writings.defer(reference, change) {
            return;
        }
        if reference.kind == feast_api::KIND {
            self.know(reference, change);
        }
        self.trigger_all(reference, self.concerned(reference, change));
    }

    /// Has every FeatureStore looked at again that refers to an object, of which only the version
    /// is known.
    pub fn announce_version(&self, reference: &ObjectRef) {
        self.trigger_all(reference, self.dependents.of(reference));
    }

    fn trigger_all(&self, reference: &ObjectRef, concerned: BTreeSet<ObjectRef>) {
        for key in concerned {
            tracing::trace!(feature_store = %key, object = %reference, "changed");
            self.trigger(&key);
        }
    }

    /// The requests for FeatureStores of a scope.
    pub fn triggers(&self, scope: Option<String>) -> UnboundedReceiver<Trigger> {
        let (sender, receiver) = unbounded();
        self.senders().push((scope, sender));
        receiver
    }

    /// The FeatureStores that go from now on, for whoever asks last.
    pub(crate) fn departures(&self) -> UnboundedReceiver<ObjectRef> {
        let (sender, receiver) = unbounded();
        *self.departing() = Some(sender);
        receiver
    }

    fn departing(&self) -> MutexGuard<'_, Option<UnboundedSender<ObjectRef>>> {
        let departures = self.departures.lock();
        departures.unwrap_or_else(PoisonError::into_inner)
    }

    fn trigger(&self, key: &ObjectRef) {
        let namespace = key.namespace.as_deref().unwrap_or_default();
        let trigger = reflector::ObjectRef::new_with(&key.name, platform::feature_store());
        for (scope, sender) in self.senders().iter() {
            if scope.as_deref().is_none_or(|scope| scope == namespace) {
                // A controller that has ended looks at nothing again.
                let _ = sender.unbounded_send(trigger.clone().within(namespace));
            }
        }
    }

    fn senders(&self) -> MutexGuard<'_, Vec<(Option<String>, UnboundedSender<Trigger>)>> {
        self.triggers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what a FeatureStore refers to.
    fn know(&self, key: &ObjectRef, change: &Change) {
        let value = change
            .after
            .as_ref()
            .and_then(|after| after.value(key).ok());
        let store = value.and_then(|value| FeatureStore::from_value(value).ok());
        let store = store.and_then(|store| Admitted::assume(store).ok());
        for object in self.dependents.update(key, store.as_ref()) {
            self.contents.forget(&object);
        }
        if change.after.is_none() {
            self.objects.forget_strangers(key.namespace.as_deref());
            self.metrics.forget(key);
            self.backoffs.reset(key);
            if let Some(departing) = self.departing().as_ref() {
                // Who has ended cleans up nothing.
                let _ = departing.unbounded_send(key.clone());
            }
        }
    }

    /// The FeatureStores that a change of an object concerns.
    fn concerned(&self, reference: &ObjectRef, change: &Change) -> BTreeSet<ObjectRef> {
        let mut concerned = self.dependents.of(reference);
        if reference.kind == feast_api::KIND {
            concerned.insert(reference.clone());
        }
        let versions = [&change.before, &change.after].into_iter().flatten();
        for object in versions.filter(|_| reference.kind != feast_api::KIND) {
            if let Some(owner) = object.owner() {
                let namespace = reference.namespace.as_deref();
                concerned.insert(ObjectRef::new::<FeatureStore>(namespace, owner));
            } else if self.agrees && self.is_shared(reference) {
                concerned.extend(self.called(object.label()));
            }
        }
        concerned
    }

    /// Whether several FeatureStores may call for an object, so that nobody owns it.
    fn is_shared(&self, object: &ObjectRef) -> bool {
        object.namespace.is_none() && object.kind.starts_with("ClusterRole")
            || object.namespace.as_deref() == self.discovery_namespace()
    }

    /// The FeatureStores of a name, in whatever namespace; all of them without a name.
    fn called<'a>(&'a self, name: Option<&'a str>) -> impl Iterator<Item = ObjectRef> + 'a {
        let resource = platform::feature_store();
        let stores = self
            .objects
            .of_kind(&resource.api_version, &resource.kind, None);
        let keys = stores.into_iter().map(|(key, _)| key);
        keys.filter(move |key| name.is_none_or(|name| key.name == name))
    }
}

/// Shows nothing of what is known.
impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context")
            .field("settings", &self.settings)
            .field("offer", &self.offer)
            .finish_non_exhaustive()
    }
}

/// The key of a FeatureStore.
pub fn key(store: &Observed) -> ObjectRef {
    let metadata = store.meta();
    let name = metadata.name.as_deref().unwrap_or_default();
    ObjectRef::new::<FeatureStore>(metadata.namespace.as_deref(), name)
}
