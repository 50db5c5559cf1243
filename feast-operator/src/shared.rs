//! What all FeatureStores share, written for many of them at once.

use std::sync::Arc;
use std::time::Duration;

use feast_render::{DISCOVERY_CONFIG_MAPS, Listing, Object, ObjectRef};
use k8s_openapi::api::core::v1::ConfigMap;

use crate::apply::write;
use crate::context::Context;
use crate::decide::is_current;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::listed::Reading;
use crate::observed::Observed;
use crate::platform;

/// How long whoever has its turn waits for others to join.
const LINGER: Duration = Duration::from_millis(100);
/// And how much longer for each FeatureStore that is listed: all of them are written each time.
const LINGER_EACH: Duration = Duration::from_micros(50);

/// Has a FeatureStore be listed as it wants to be in what all of them share.
///
/// # Errors
///
/// The API server refuses, or does not answer.
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
    if let Ok(Some(())) = is_written.try_recv() {
        return Ok(());
    }
    let listed = u32::try_from(known.listed()?.directory.clients()).unwrap_or(u32::MAX);
    tokio::time::sleep(LINGER + LINGER_EACH * listed).await;
    let waiting = hands.queue.take();
    if waiting.is_empty() {
        return Err(Error::Unshared);
    }
    let mut directory = read(context).await?.directory.clone();
    for waiting in &waiting {
        directory.enter(&waiting.listing);
    }
    let takes_out = known.configuration.finalizers;
    if takes_out && waiting.iter().any(|waiting| waiting.listing.is_leaving()) {
        // Whoever goes at the same time need not wait for its own turn.
        leaving(known).for_each(|listing| directory.enter(&listing));
    }
    for map in &directory.config_maps() {
        write(context, Object::from(map)).await?;
    }
    for waiting in waiting {
        waiting.done();
    }
    Ok(())
}

/// That FeatureStores which are being deleted have nothing there.
fn leaving(known: &Knowledge) -> impl Iterator<Item = Listing> {
    let kind = platform::feature_store();
    let stores = known.objects.of_kind(&kind.api_version, &kind.kind, None);
    let is_going = |store: &Observed| store.metadata().deletion_timestamp.is_some();
    let going = stores.into_iter().filter(move |(_, store)| is_going(store));
    going.filter_map(|(key, _)| {
        let namespace = key.namespace.unwrap_or_default();
        Listing::leaving(known.operator(), &namespace, &key.name)
    })
}

/// What the shared ConfigMaps say. Those that no watch tells of are looked at again.
async fn read(context: &Context) -> Result<Arc<Reading>, Error> {
    for name in DISCOVERY_CONFIG_MAPS {
        if let Some(namespace) = context.known.discovery_namespace() {
            let map = ObjectRef::new::<ConfigMap>(Some(namespace), name);
            context.live(&map).await?;
        }
    }
    context.known.listed()
}

/// Whether a FeatureStore is listed as it wants to be, or as the API server keeps it.
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
