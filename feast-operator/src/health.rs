//! Liveness and readiness of the operator.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// Maximum duration of a pass. All its requests have timeouts, and there are not that many.
const LONGEST: Duration = Duration::from_secs(30 * 60);

/// The operator's own health.
#[derive(Debug, Default)]
pub struct Health {
    is_synced: AtomicBool,
    passes: Mutex<Passes>,
    webhook: Mutex<Webhook>,
}

/// The state of the webhook.
#[derive(Clone, Copy, Debug, Default)]
enum Webhook {
    /// It is disabled.
    #[default]
    None,
    /// It has no certificate yet.
    Begins,
    /// It serves with a certificate that expires at this time.
    Serves(Timestamp),
}

/// Running passes, by their start time.
#[derive(Debug, Default)]
struct Passes {
    next: u64,
    begun: BTreeMap<u64, Instant>,
}

/// Why the operator is not live or not ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Ailment {
    /// A pass does not end.
    #[error("a pass has been running for {} s", .0.as_secs())]
    Stuck(Duration),
    /// The caches are not full yet.
    #[error("the caches are not filled yet")]
    Reading,
    /// The webhook has no certificate yet.
    #[error("the webhook has no certificate")]
    NoCertificate,
    /// The webhook's certificate has expired.
    #[error("the webhook's certificate has expired")]
    Expired,
}

/// A running pass; it ends when this is dropped.
#[derive(Debug)]
pub struct Pass<'a> {
    health: &'a Health,
    number: u64,
}

impl Health {
    /// Records that the caches are full.
    pub fn synced(&self) {
        self.is_synced.store(true, Ordering::Relaxed);
    }

    /// Starts a pass.
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

    /// Whether the operator makes progress; if not, only a restart helps.
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

    /// Records that a webhook is enabled: without a certificate the operator is not ready.
    pub fn with_webhook(&self) {
        *self.webhook() = Webhook::Begins;
    }

    /// Records that the webhook serves with a certificate that expires at this time.
    pub fn certificate(&self, end: Timestamp) {
        *self.webhook() = Webhook::Serves(end);
    }

    /// Whether the operator is ready at this time: the caches are full, even if another operator is
    /// the leader, and the webhook, if enabled, can be called.
    ///
    /// # Errors
    ///
    /// Why it is not ready.
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
    async fn a_pass_that_does_not_end_is_reported() {
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
