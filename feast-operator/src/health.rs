//! Whether the operator gets on, and whether it may be relied on.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// How long a pass may take: every request of it ends, and there are not that many.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// What the operator knows of itself.
#[derive(Debug, Default)]
pub struct Health {
    is_synced: AtomicBool,
    passes: Mutex<Passes>,
    webhook: Mutex<Webhook>,
}

/// What is known of the webhook.
#[derive(Clone, Copy, Debug, Default)]
enum Webhook {
    /// There is to be none.
    #[default]
    None,
    /// It has no certificate yet.
    Begins,
    /// It serves with a certificate that ends then.
    Serves(Timestamp),
}

/// Passes that are under way, by when they began.
#[derive(Debug, Default)]
struct Passes {
    next: u64,
    begun: BTreeMap<u64, Instant>,
}

/// What keeps the operator from getting on, or from being relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ailment {
    /// A pass does not end.
    #[error("a pass has been under way for {} s", .0.as_secs())]
    Stuck(Duration),
    /// Not all that exists is known yet.
    #[error("reading what exists")]
    Reading,
    /// The webhook has no certificate yet.
    #[error("the webhook has no certificate")]
    NoCertificate,
    /// The webhook's certificate has ended.
    #[error("the webhook's certificate has ended")]
    Expired,
}

/// A pass that is under way, until it is dropped.
#[derive(Debug)]
pub struct Pass<'a> {
    health: &'a Health,
    number: u64,
}

impl Health {
    /// All that exists is known.
    pub fn synced(&self) {
        self.is_synced.store(true, Ordering::Relaxed);
    }

    /// A pass begins.
    pub fn begin(&self) -> Pass<'_> {
        let mut passes = self.passes();
        let number = passes.next;
        passes.next += 1;
        passes.begun.insert(number, Instant::now());
        Pass {
            health: self,
            number,
        }
    }

    /// Whether it gets on; if not, only a new start helps.
    ///
    /// # Errors
    ///
    /// [`Ailment::Stuck`].
    pub fn live(&self) -> Result<(), Ailment> {
        let oldest = self.passes().begun.values().next().map(Instant::elapsed);
        match oldest.filter(|age| *age > LONGEST) {
            Some(age) => Err(Ailment::Stuck(age)),
            None => Ok(()),
        }
    }

    /// There is to be a webhook: without a certificate the operator is not ready.
    pub fn with_webhook(&self) {
        *self.webhook() = Webhook::Begins;
    }

    /// The webhook serves with a certificate that ends then.
    pub fn certificate(&self, end: Timestamp) {
        *self.webhook() = Webhook::Serves(end);
    }

    /// Whether it may be relied on at this time: what exists is known, be it that another operator is
    /// at work, and the webhook can be called, if there is one.
    ///
    /// # Errors
    ///
    /// What keeps it from that.
    pub fn ready(&self, now: Timestamp) -> Result<(), Ailment> {
        if !self.is_synced.load(Ordering::Relaxed) {
            return Err(Ailment::Reading);
        }
        match *self.webhook() {
            Webhook::Begins => Err(Ailment::NoCertificate),
            Webhook::Serves(end) if end <= now => Err(Ailment::Expired),
            Webhook::None | Webhook::Serves(_) => Ok(()),
        }
    }

    fn webhook(&self) -> MutexGuard<'_, Webhook> {
        self.webhook.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn passes(&self) -> MutexGuard<'_, Passes> {
        self.passes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.health.passes().begun.remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_pass_that_does_not_end_is_told() {
        let health = Health::default();
        let stuck = health.begin();
        drop(health.begin());
        tokio::time::sleep(LONGEST).await;
        let second = health.begin();
        assert_eq!(health.live(), Ok(()));
        tokio::time::sleep(Duration::from_secs(1)).await;
        let age = LONGEST + Duration::from_secs(1);
        assert_eq!(health.live(), Err(Ailment::Stuck(age)));
        drop(stuck);
        assert_eq!(health.live(), Ok(()));
        drop(second);
    }
}
