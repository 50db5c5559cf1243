//! What all FeatureStores share, written for many of them at once.

use std::time::Duration;

use feast_render::{DISCOVERY_CONFIG_MAPS, Inputs, Object, ObjectRef};
use k8s_openapi::api::core::v1::ConfigMap;

use crate::apply::write;
use crate::context::Context;
use crate::decide::is_current;
use crate::error::Error;
use crate::knowledge::Knowledge;

/// How long whoever has its turn waits for others to join.
const LINGER: Duration = Duration::from_millis(100);

/// Enters a FeatureStore in what all of them share, as `wanted` from what is known of it; takes it
/// out if it is being deleted.
///
/// # Errors
///
/// The API server refuses, or does not answer.
pub async fn share(context: &Context, inputs: &Inputs, wanted: &[ConfigMap]) -> Result<(), Error> {
    let Context { known, hands } = context;
    let mut settled = true;
    for map in wanted {
        let object = Object::from(map);
        settled &= is_current(known, &object.reference(), &object.to_value())?;
    }
    if settled {
        return Ok(());
    }
    let mut is_written = hands.queue.join(inputs.clone());
    let _turn = hands.queue.turn().await;
    if let Ok(Some(())) = is_written.try_recv() {
        return Ok(());
    }
    tokio::time::sleep(LINGER).await;
    let waiting = hands.queue.take();
    let mut maps = current(known)?;
    for waiting in &waiting {
        for map in waiting.change(&maps) {
            maps.retain(|known| known.metadata.name != map.metadata.name);
            maps.push(map);
        }
    }
    for map in &maps {
        write(context, Object::from(map)).await?;
    }
    if waiting.is_empty() {
        return Err(Error::Unshared);
    }
    for waiting in waiting {
        waiting.done();
    }
    Ok(())
}

/// The shared ConfigMaps as they are.
fn current(known: &Knowledge) -> Result<Vec<ConfigMap>, Error> {
    let mut maps = Vec::new();
    let Some(namespace) = known.discovery_namespace() else {
        return Ok(maps);
    };
    for name in DISCOVERY_CONFIG_MAPS {
        let reference = ObjectRef::new::<ConfigMap>(Some(namespace), name);
        if let Some(map) = known.objects.get(&reference) {
            maps.push(serde_json::from_value(map.value(&reference)?)?);
        }
    }
    Ok(maps)
}
