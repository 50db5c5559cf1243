//! The context of all passes: the operator's knowledge, and its means to act.

use std::sync::Arc;

use feast_api::v1::FeatureStore;
use feast_render::ObjectRef;
use kube::{Client, Resource};

use crate::cache::Change;
use crate::configuration::Configuration;
use crate::error::Error;
use crate::fetched::Fetched;
use crate::hands::Hands;
use crate::knowledge::{Knowledge, News};
use crate::meter::Meter;
use crate::observed::Observed;
use crate::platform::Offer;
use crate::segment::{refusal, segment};

/// The context of all passes. A pass decides from `known` and acts through `hands`; responses of
/// the API server update `known` at once.
#[derive(Debug)]
pub struct Context {
    /// The operator's knowledge.
    pub known: Knowledge,
    /// The operator's means to act.
    pub hands: Hands,
}

impl Context {
    /// Creates the context for a cluster with these features.
    pub fn new(client: Client, configuration: Configuration, offer: Offer) -> Arc<Self> {
        Self::metered(client, configuration, offer, Arc::new(()))
    }

    /// Like [`new`](Self::new), with a meter.
    pub fn metered(
        client: Client,
        configuration: Configuration,
        offer: Offer,
        meter: Arc<dyn Meter>,
    ) -> Arc<Self> {
        let hands = Hands::new(client, &configuration, meter);
        let known = Knowledge::new(configuration, offer);
        Arc::new(Self { known, hands })
    }

    /// Triggers all FeatureStores that a change reported by a watch affects. While an object is
    /// being written, its changes are deferred.
    pub fn hear(&self, reference: &ObjectRef, change: &Change) {
        if !self.hands.writings.defer(reference, change) {
            self.pass_on(reference, &self.known.hear(reference, change));
        }
    }

    /// Triggers all FeatureStores that refer to an object of which only the version is known.
    pub fn hear_version(&self, reference: &ObjectRef) {
        self.pass_on(reference, &self.known.hear_version(reference));
    }

    /// Triggers all FeatureStores that the response to a write affects.
    pub fn hear_answer(&self, reference: &ObjectRef, answer: Observed) {
        self.pass_on(reference, &self.known.hear_answer(reference, answer));
    }

    fn pass_on(&self, reference: &ObjectRef, news: &News) {
        if let Some(key) = &news.gone {
            self.hands.let_go(key);
        }
        for key in &news.concerned {
            tracing::trace!(feature_store = %key, object = %reference, "changed");
            self.hands.trigger(key);
        }
    }

    /// An object, if it exists. An object that no watch reports is read again.
    ///
    /// # Errors
    ///
    /// The API server does not respond, or the object's type is unknown.
    pub async fn live(&self, object: &ObjectRef) -> Result<Option<Arc<Observed>>, Error> {
        if self.known.objects.is_stranger(object) {
            self.look(object).await?;
        }
        let known = self.known.objects.get(object);
        if known.as_ref().is_some_and(|known| known.is_outline()) {
            self.fill(object).await?;
            return Ok(self.known.objects.get(object));
        }
        Ok(known)
    }

    /// Reads the objects of a FeatureStore that are only known as outlines, because it belonged to
    /// another operator.
    ///
    /// # Errors
    ///
    /// As [`live`](Self::live).
    pub async fn take_over(&self, store: &ObjectRef) -> Result<(), Error> {
        if self.known.configuration.is_sharded() {
            let own = self.known.objects.labelled(store).into_iter();
            for (object, _) in own.filter(|(_, object)| object.is_outline()) {
                self.fill(&object).await?;
            }
        }
        Ok(())
    }

    async fn fill(&self, object: &ObjectRef) -> Result<(), Error> {
        let api = self.hands.api_of(object)?;
        let found = api.get_opt(&segment(&object.name)).await;
        let found = found.map_err(Error::request(object))?;
        let found = found.map(|live| live.object.of_kind(&object.kind));
        self.known.objects.fill(object, found);
        Ok(())
    }

    /// Reads an object that watches may not report.
    ///
    /// # Errors
    ///
    /// As [`live`](Self::live).
    pub async fn look(&self, object: &ObjectRef) -> Result<(), Error> {
        if refusal(&object.name).is_some() {
            // The server has no object with such a name.
            return Ok(());
        }
        let api = self.hands.api_of(object)?;
        let found = api.get_opt(&segment(&object.name)).await;
        let objects = &self.known.objects;
        match found.map_err(Error::request(object))? {
            Some(live) => objects.found(object.clone(), live.object.of_kind(&object.kind)),
            None => objects.forget_stranger(object),
        }
        Ok(())
    }
}

/// The key of a FeatureStore.
pub fn key(store: &Fetched) -> ObjectRef {
    let metadata = store.meta();
    let name = metadata.name.as_deref().unwrap_or_default();
    ObjectRef::new::<FeatureStore>(metadata.namespace.as_deref(), name)
}
