//! What all FeatureStores share, written for many of them at once.

use std::time::Duration;

use feast_render::{DISCOVERY_CONFIG_MAPS, Inputs, Object, ObjectRef};
use k8s_openapi::api::core::v1::ConfigMap;

use crate::apply::{is_current, write};
use crate::context::Context;
use crate::error::Error;

/// How long whoever has its turn waits for others to join.
const LINGER: Duration = Duration::from_millis(100);

/// Enters a FeatureStore in what all of them share, as `wanted` from what is known of it; takes it
/// out if it is being deleted.
///
/// # Errors
///
/// The API server refuses, or does not answer.
pub async fn share(context: &Context, inputs: &Inputs, wanted: &[ConfigMap]) -> Result<(), Error> {
    let mut settled = true;
    for map in wanted {
        let object = Object::from(map);
        settled &= is_current(context, &object.reference(), &object.to_value())?;
    }
    if settled {
        return Ok(());
    }
    let mut is_written = context.queue.join(inputs.clone());
    let _turn = context.queue.turn().await;
    if let Ok(Some(())) = is_written.try_recv() {
        return Ok(());
    }
    tokio::time::sleep(LINGER).await;
    let waiting = context.queue.take();
    let mut maps = current(context)?;
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
fn current(context: &Context) -> Result<Vec<ConfigMap>, Error> {
    let mut maps = Vec::new();
    let Some(namespace) = context.discovery_namespace() else {
        return Ok(maps);
    };
    for name in DISCOVERY_CONFIG_MAPS {
        let reference = ObjectRef::new::<ConfigMap>(Some(namespace), name);
        if let Some(map) = context.objects.get(&reference) {
            maps.push(serde_json::from_value(map.value(&reference)?)?);
        }
    }
    Ok(maps)
}
