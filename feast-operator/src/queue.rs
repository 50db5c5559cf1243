//! FeatureStores that wait for a change of the shared ConfigMaps.

use std::sync::{Mutex, MutexGuard, PoisonError};

use feast_render::Listing;
use futures::channel::oneshot;

/// FeatureStores that wait to be added to the shared ConfigMaps, or removed.
///
/// Each writer writes for all that wait, so that a thousand new FeatureStores do not cause a
/// thousand writes.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

/// A waiting FeatureStore.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// The requested entries.
    pub(crate) listing: Listing,
    /// Notified when they are written.
    written: oneshot::Sender<()>,
}

impl Queue {
    /// Adds a FeatureStore. The receiver is notified when its entries are written.
    pub(crate) fn join(&self, listing: Listing) -> oneshot::Receiver<()> {
        let (written, is_written) = oneshot::channel();
        self.lock().push(Waiting { listing, written });
        is_written
    }

    /// Waits until no one else writes; the turn ends when the guard is dropped.
    pub(crate) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Takes all waiting FeatureStores, to write for them.
    pub(crate) fn take(&self) -> Vec<Waiting> {
        std::mem::take(&mut *self.lock())
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Notifies the waiting pass. If it has been cancelled, another pass will check.
    pub(crate) fn done(self) {
        let _ = self.written.send(());
    }
}
