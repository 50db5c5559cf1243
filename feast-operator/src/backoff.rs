//! When to try again.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use feast_render::{ObjectRef, REQUEUE};

/// Longest wait before a FeatureStore is tried again.
const LONGEST: Duration = Duration::from_secs(300);

/// For each FeatureStore that failed, how long to wait next: twice as long each time, with jitter,
/// so that those that failed together do not come back together.
#[derive(Debug, Default)]
pub struct Backoffs(Mutex<HashMap<ObjectRef, ExponentialBackoff>>);

impl Backoffs {
    /// How long to wait before the next attempt.
    pub fn next(&self, key: &ObjectRef) -> Duration {
        let mut backoffs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let backoff = backoffs.entry(key.clone()).or_insert_with(|| {
            let builder = ExponentialBuilder::default()
                .with_jitter()
                .without_max_times();
            builder
                .with_min_delay(REQUEUE / 5)
                .with_max_delay(LONGEST)
                .build()
        });
        backoff.next().unwrap_or(LONGEST)
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

    #[test]
    fn waits_grow_up_to_a_limit_and_start_anew() {
        let backoffs = Backoffs::default();
        let key = ObjectRef::new::<FeatureStore>(Some("ml"), "a");
        let waits: Vec<_> = (0..20).map(|_| backoffs.next(&key)).collect();
        assert!(waits[0] < Duration::from_secs(3), "{waits:?}");
        assert!(
            waits[19] >= LONGEST && waits[19] <= 2 * LONGEST,
            "{waits:?}"
        );
        backoffs.reset(&key);
        assert!(backoffs.next(&key) < Duration::from_secs(3));
    }
}
