//! Limits the number of active passes.

use std::fmt;
use std::pin::pin;

use futures::future::poll_immediate;
use tokio::sync::{Semaphore, SemaphorePermit};

/// Number of started passes per active pass. The others wait for shared ConfigMaps to be written,
/// so that one write, which takes as long as all the entries in them, serves many.
pub(crate) const UNDER_WAY: u16 = 16;

/// Grants turns to active passes, up to a limit.
pub(crate) struct Turns(Semaphore);

/// The turn of an active pass.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    held: Option<SemaphorePermit<'a>>,
}

impl Turns {
    pub(crate) fn new(count: u16) -> Self {
        // Zero means no limit, as for the controller.
        let count = if count == 0 { u16::MAX } else { count };
        Self(Semaphore::new(count.into()))
    }

    /// Waits for a turn.
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
    /// Awaits something without blocking the turn of others.
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
        // The semaphore is never closed.
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
    async fn a_waiting_pass_gives_up_its_turn() {
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
