//! Writes the shared ConfigMaps, for many FeatureStores at once.

use std::sync::Arc;
use std::time::Duration;

use feast_render::{DISCOVERY_CONFIG_MAPS, Listing, Object, ObjectRef};
use futures::channel::oneshot::Canceled;
use k8s_openapi::api::core::v1::ConfigMap;

use crate::apply::write;
use crate::context::Context;
use crate::decide::is_current;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::listed::Reading;
use crate::platform;
use crate::queue::Waiting;

/// How long a writer waits for others to join.
const LINGER: Duration = Duration::from_millis(100);
/// Additional wait for each listed FeatureStore, because every write contains all of them.
const LINGER_EACH: Duration = Duration::from_micros(50);

/// Updates a FeatureStore's entries in the shared ConfigMaps.
///
/// # Errors
///
/// The API server rejects the request or does not respond.
pub async fn share(context: &Context, listing: Option<&Listing>) -> Result<(), Error> {
    let Context { known, hands } = context;
    let Some(listing) = listing else {
        return Ok(());
    };
    let reading = read(context).await?;
    if is_listed(known, &reading, listing)? {
        return Ok(());
    }
    drop(reading);
    let mut is_written = hands.queue.join(listing.clone());
    let _turn = hands.queue.turn().await;
    match is_written.try_recv() {
        Ok(Some(())) => return Ok(()),
        // Nobody has written for it yet.
        Ok(None) => {}
        // Another pass wrote for it and failed; this one would fail too.
        Err(Canceled) => return Err(Error::Unshared),
    }
    let listed = u32::try_from(known.listed()?.directory.clients()).unwrap_or(u32::MAX);
    tokio::time::sleep(LINGER + LINGER_EACH * listed).await;
    let mut waiting = hands.queue.take();
    if waiting.is_empty() {
        return Err(Error::Unshared);
    }
    let refused = match enter(context, &waiting).await {
        Err(error) if error.is_refusal() => {
            // The ConfigMaps may be full. Removals still fit.
            waiting.retain(|waiting| waiting.listing.is_leaving());
            enter(context, &waiting).await?;
            Err(error)
        }
        Err(error) => return Err(error),
        Ok(()) => Ok(()),
    };
    waiting.into_iter().for_each(Waiting::done);
    if listing.is_leaving() {
        Ok(())
    } else {
        refused
    }
}

/// Writes the shared ConfigMaps for these FeatureStores.
async fn enter(context: &Context, waiting: &[Waiting]) -> Result<(), Error> {
    let known = &context.known;
    let mut directory = read(context).await?.directory.clone();
    for waiting in waiting {
        directory.enter(&waiting.listing);
    }
    let takes_out = known.configuration.finalizers;
    if takes_out && waiting.iter().any(|waiting| waiting.listing.is_leaving()) {
        // FeatureStores that are being deleted need not wait for their own turn.
        leaving(known).for_each(|listing| directory.enter(&listing));
    }
    for map in &directory.config_maps() {
        write(context, Object::from(map)).await?;
    }
    Ok(())
}

/// The removal of FeatureStores that are being deleted.
fn leaving(known: &Knowledge) -> impl Iterator<Item = Listing> {
    let kind = platform::feature_store();
    let stores = known.objects.of_kind(&kind.api_version, &kind.kind, None);
    let going = stores.into_iter().filter(|(_, store)| store.is_going());
    going.filter_map(|(key, _)| {
        let namespace = key.namespace.unwrap_or_default();
        Listing::leaving(known.operator(), &namespace, &key.name)
    })
}

/// The current contents of the shared ConfigMaps. Those that no watch reports are read again.
async fn read(context: &Context) -> Result<Arc<Reading>, Error> {
    for name in DISCOVERY_CONFIG_MAPS {
        if let Some(namespace) = context.known.discovery_namespace() {
            let map = ObjectRef::new::<ConfigMap>(Some(namespace), name);
            context.live(&map).await?;
        }
    }
    context.known.listed()
}

/// Whether a FeatureStore is listed as requested, or as the API server stores it.
fn is_listed(known: &Knowledge, reading: &Reading, listing: &Listing) -> Result<bool, Error> {
    if reading.has(listing) {
        return Ok(true);
    }
    if reading.directory.as_listed(listing).is_none() {
        return Ok(false);
    }
    let mut directory = reading.directory.clone();
    directory.enter(listing);
    for map in &directory.config_maps() {
        let wanted = Object::from(map);
        if !is_current(known, &wanted.reference(), &wanted.to_value())? {
            return Ok(false);
        }
    }
    Ok(true)
}
