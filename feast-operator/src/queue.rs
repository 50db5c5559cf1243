//! FeatureStores that wait to be entered in what all of them share.

use std::sync::{Mutex, MutexGuard, PoisonError};

use feast_render::Listing;
use futures::channel::oneshot;

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
    /// What it is to have there.
    pub(crate) listing: Listing,
    /// To be told when it is written.
    written: oneshot::Sender<()>,
}

impl Queue {
    /// Has a FeatureStore wait. The answer comes when somebody has written for it.
    pub(crate) fn join(&self, listing: Listing) -> oneshot::Receiver<()> {
        let (written, is_written) = oneshot::channel();
        self.lock().push(Waiting { listing, written });
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
    /// Tells whoever waits that it is written. Who no longer waits will ask again.
    pub(crate) fn done(self) {
        let _ = self.written.send(());
    }
}
