//! What all FeatureStores share, written for many of them at once.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use feast_render::{DISCOVERY_CONFIG_MAPS, Inputs, Object, ObjectRef, render, render_deletion};
use futures::channel::oneshot;
use k8s_openapi::api::core::v1::ConfigMap;

use crate::apply::{is_current, write};
use crate::context::Context;
use crate::error::Error;

/// How long whoever has its turn waits for others to join.
const LINGER: Duration = Duration::from_millis(100);

/// FeatureStores that wait to be entered in the shared ConfigMaps, or taken out.
///
/// Whoever gets its turn writes for all that wait: a thousand new FeatureStores are not a thousand
/// writes of one object.
#[derive(Debug, Default)]
pub struct Shared {
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiting {
    inputs: Inputs,
    /// To be told when it is written.
    written: oneshot::Sender<()>,
}

impl Waiting {
    /// The ConfigMaps, given what they are so far.
    fn change(&self, so_far: &[ConfigMap]) -> Vec<ConfigMap> {
        let maps = so_far.iter().cloned();
        let inputs = maps.fold(self.inputs.clone(), Inputs::with_shared);
        if inputs.store().metadata.deletion_timestamp.is_some() {
            return render_deletion(&inputs).discovery_config_maps;
        }
        // It was rendered before, and its turn cannot make a difference.
        let rendered = render(&inputs);
        rendered.map_or_else(
            |_| Vec::new(),
            |rendered| rendered.plan.discovery_config_maps,
        )
    }
}

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
    let (written, mut is_written) = oneshot::channel();
    let shared = &context.shared;
    shared.lock().push(Waiting {
        inputs: inputs.clone(),
        written,
    });
    let _turn = shared.turn.lock().await;
    if let Ok(Some(())) = is_written.try_recv() {
        return Ok(());
    }
    tokio::time::sleep(LINGER).await;
    let waiting = std::mem::take(&mut *shared.lock());
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
        // Who no longer waits will ask again.
        let _ = waiting.written.send(());
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

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
