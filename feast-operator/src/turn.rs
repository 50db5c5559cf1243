//! Passes at work, of which there are not too many.

use std::fmt;
use std::pin::pin;

use futures::future::poll_immediate;
use tokio::sync::{Semaphore, SemaphorePermit};

/// How many passes are under way for each that is at work: the others wait for what all FeatureStores
/// share to be written, so that it is written for many of them at once.
pub(crate) const UNDER_WAY: u16 = 3;

/// Who is at work. So many may be at the same time.
pub(crate) struct Turns(Semaphore);

/// A pass at work.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    held: Option<SemaphorePermit<'a>>,
}

impl Turns {
    pub(crate) fn new(count: u16) -> Self {
        // Zero stands for no limit, as it does to the controller.
        let count = if count == 0 { u16::MAX } else { count };
        Self(Semaphore::new(count.into()))
    }

    /// Waits until one more may be at work.
    pub(crate) async fn begin(&self) -> Turn<'_> {
        let mut turn = Turn {
            turns: self,
            held: None,
        };
        turn.resume().await;
        turn
    }
}

impl Turn<'_> {
    /// Waits for something. Somebody else may be at work meanwhile.
    pub(crate) async fn wait<T>(&mut self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        if let Some(done) = poll_immediate(&mut work).await {
            return done;
        }
        self.held = None;
        let done = work.await;
        self.resume().await;
        done
    }

    async fn resume(&mut self) {
        // Nobody closes it.
        self.held = self.turns.0.acquire().await.ok();
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Turns")
            .field(&self.0.available_permits())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::channel::oneshot;

    #[tokio::test]
    async fn whoever_waits_leaves_its_turn_to_somebody_else() {
        let turns = Turns::new(1);
        let mut first = turns.begin().await;
        assert!(poll_immediate(pin!(turns.begin())).await.is_none());
        assert_eq!(first.wait(async { 7 }).await, 7);
        assert!(
            poll_immediate(pin!(turns.begin())).await.is_none(),
            "it did not wait"
        );

        let (done, is_done) = oneshot::channel::<()>();
        let mut waits = pin!(first.wait(is_done));
        assert!(poll_immediate(&mut waits).await.is_none());
        let second = turns.begin().await;
        done.send(()).unwrap();
        assert!(
            poll_immediate(&mut waits).await.is_none(),
            "it is the other's turn"
        );
        drop(second);
        waits.await.unwrap();
    }
}
