//! When to try again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use feast_render::ObjectRef;
use tokio::time::Instant;

/// Wait before a FeatureStore is tried again for the first time.
const SHORTEST: Duration = Duration::from_secs(1);
/// Longest wait, jitter aside.
const LONGEST: Duration = Duration::from_secs(300);

/// For each FeatureStore that failed, how long to wait next: twice as long each time, with jitter,
/// so that those that failed together do not come back together.
#[derive(Debug, Default)]
pub struct Backoffs(Mutex<HashMap<ObjectRef, Backoff>>);

#[derive(Debug)]
struct Backoff {
    waits: ExponentialBackoff,
    /// When the wait is over that was told last.
    until: Instant,
    /// When it failed first.
    since: Instant,
}

impl Backoffs {
    /// How long to wait before the next attempt.
    pub fn next(&self, key: &ObjectRef) -> Duration {
        self.next_at(key, Instant::now())
    }

    fn next_at(&self, key: &ObjectRef, now: Instant) -> Duration {
        let mut backoffs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let backoff = backoffs.entry(key.clone()).or_insert_with(|| Backoff {
            waits: ExponentialBuilder::default()
                .with_jitter()
                .without_max_times()
                .with_min_delay(SHORTEST)
                .with_max_delay(LONGEST)
                .build(),
            until: now,
            since: now,
        });
        // An attempt in between, for a change, is no reason to wait longer.
        if backoff.until <= now {
            backoff.until = now + backoff.waits.next().unwrap_or(LONGEST);
        }
        backoff.until - now
    }

    /// For how long a FeatureStore has failed.
    pub fn failing(&self, key: &ObjectRef) -> Duration {
        let backoffs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let since = backoffs.get(key).map(|backoff| backoff.since.elapsed());
        since.unwrap_or_default()
    }

    /// The FeatureStore is well, or gone.
    pub fn reset(&self, key: &ObjectRef) {
        let mut backoffs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        backoffs.remove(key);
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
    fn waits_grow_up_to_a_limit_and_start_anew() {
        let backoffs = Backoffs::default();
        let mut now = Instant::now();
        let mut waits = Vec::new();
        for _ in 0..20 {
            let wait = backoffs.next_at(&key(), now);
            now += wait;
            waits.push(wait);
        }
        assert!(waits[0] < 3 * SHORTEST, "{waits:?}");
        assert!(
            waits[19] >= LONGEST && waits[19] <= 2 * LONGEST,
            "{waits:?}"
        );
        backoffs.reset(&key());
        assert!(backoffs.next_at(&key(), now) < 3 * SHORTEST);
    }

    #[test]
    fn an_attempt_in_between_prolongs_nothing() {
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
