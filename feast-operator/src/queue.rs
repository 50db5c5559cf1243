//! FeatureStores that wait to be entered in what all of them share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use feast_render::{Inputs, render, render_deletion};
use futures::channel::oneshot;
use k8s_openapi::api::core::v1::ConfigMap;

/// FeatureStores that wait to be entered in the shared ConfigMaps, or taken out.
///
/// Whoever gets its turn writes for all that wait: a thousand new FeatureStores are not a thousand
/// writes of one object.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

/// A FeatureStore that waits.
#[derive(Debug)]
pub(crate) struct Waiting {
    inputs: Inputs,
    /// To be told when it is written.
    written: oneshot::Sender<()>,
}

impl Queue {
    /// Has a FeatureStore wait. The answer comes when somebody has written for it.
    pub(crate) fn join(&self, inputs: Inputs) -> oneshot::Receiver<()> {
        let (written, is_written) = oneshot::channel();
        self.lock().push(Waiting { inputs, written });
        is_written
    }

    /// Waits until nobody else writes. The turn ends when what is returned is dropped.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Takes all that wait, to write for them.
    pub(crate) fn take(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// The ConfigMaps, given what they are so far.
    pub(crate) fn change(&self, so_far: &[ConfigMap]) -> Vec<ConfigMap> {
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

    /// Tells whoever waits that it is written. Who no longer waits will ask again.
    pub(crate) fn done(self) {
        let _ = self.written.send(());
    }
}
