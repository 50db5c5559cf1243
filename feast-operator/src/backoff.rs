//! Delays between retries.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use feast_render::ObjectRef;
use tokio::time::Instant;

/// The delay before a retry: doubles with each failure, plus jitter of up to the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// The first delay.
    pub base: Duration,
    /// The maximum delay.
    pub max: Duration,
}

impl Default for Delays {
    fn default() -> Self {
        Self {
            base: Duration::from_secs(1),
            max: Duration::from_secs(300),
        }
    }
}

/// The next delay of each failing FeatureStore. It doubles with each failure and has jitter, so
/// that FeatureStores that fail together are not retried together.
#[derive(Debug, Default)]
pub struct Backoffs {
    delays: Delays,
    failing: Mutex<HashMap<ObjectRef, Backoff>>,
}

#[derive(Debug)]
struct Backoff {
    waits: ExponentialBackoff,
    /// When the last delay ends.
    until: Instant,
    /// When it first failed.
    since: Instant,
}

impl Backoffs {
    /// Creates backoffs with these delays.
    pub fn new(delays: Delays) -> Self {
        Self {
            delays,
            ..Self::default()
        }
    }

    /// The delay before the next attempt.
    pub fn next(&self, key: &ObjectRef) -> Duration {
        self.next_at(key, Instant::now())
    }

    fn next_at(&self, key: &ObjectRef, now: Instant) -> Duration {
        let Delays { base, max } = self.delays;
        let mut backoffs = self.lock();
        let backoff = backoffs.entry(key.clone()).or_insert_with(|| Backoff {
            waits: ExponentialBuilder::default()
                .with_jitter()
                .without_max_times()
                .with_min_delay(base.min(max))
                .with_max_delay(max)
                .build(),
            until: now,
            since: now,
        });
        // An attempt before its time, because of a change, does not increase the delay.
        if backoff.until <= now {
            backoff.until = now + backoff.waits.next().unwrap_or(max);
        }
        backoff.until - now
    }

    /// For how long a FeatureStore has been failing.
    pub fn failing(&self, key: &ObjectRef) -> Duration {
        let backoffs = self.lock();
        let since = backoffs.get(key).map(|backoff| backoff.since.elapsed());
        since.unwrap_or_default()
    }

    /// Resets a FeatureStore that succeeded or is deleted.
    pub fn reset(&self, key: &ObjectRef) {
        let mut backoffs = self.lock();
        backoffs.remove(key);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ObjectRef, Backoff>> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use feast_api::v1::FeatureStore;

    fn key() -> ObjectRef {
        ObjectRef::new::<FeatureStore>(Some("ml"), "a")
    }

    #[test]
    fn delays_grow_up_to_a_limit_and_can_be_reset() {
        let seconds = Duration::from_secs;
        for (base, max) in [(1, 300), (5, 60), (60, 60), (60, 5)] {
            let (base, max) = (seconds(base), seconds(max));
            let backoffs = Backoffs::new(Delays { base, max });
            let mut now = Instant::now();
            let mut waits = Vec::new();
            for _ in 0..20 {
                let wait = backoffs.next_at(&key(), now);
                now += wait;
                waits.push(wait);
            }
            assert!(waits[0] < 3 * base, "{waits:?}");
            assert!(waits[19] >= max && waits[19] <= 2 * max, "{waits:?}");
            backoffs.reset(&key());
            assert!(backoffs.next_at(&key(), now) < 3 * base);
        }
    }

    #[test]
    fn an_early_attempt_does_not_increase_the_delay() {
        let backoffs = Backoffs::default();
        let now = Instant::now();
        let wait = backoffs.next_at(&key(), now);
        for part in 1..10 {
            let later = wait * part / 10;
            assert_eq!(
                backoffs.next_at(&key(), now + later),
                wait.saturating_sub(later)
            );
        }
    }
}
