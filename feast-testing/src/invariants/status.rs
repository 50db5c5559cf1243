//! Invariants of the status.

use super::{Broken, first_difference};
use crate::cluster::Store;

/// While an operator converges, no status returns to an earlier value.
///
/// # Errors
///
/// [`Broken::Status`].
pub fn steady_status(cluster: &impl AsRef<Store>) -> Result<(), Broken> {
    for (key, statuses) in cluster.as_ref().statuses() {
        for (place, status) in statuses.iter().enumerate() {
            // Consecutive statuses differ, so the previous one need not be compared.
            let earlier = statuses.iter().take(place.saturating_sub(1));
            if earlier.into_iter().any(|earlier| earlier == status) {
                let field = first_difference(status, &statuses[place - 1]).unwrap_or_default();
                return Err(Broken::Status {
                    object: key.clone(),
                    field,
                });
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::testing::cluster;
    use super::*;

    #[test]
    fn to_and_fro_is_seen() {
        let mut phases = ["Pending", "Ready", "Pending", "Ready"].into_iter();
        let mut cluster = cluster(move |store, key| {
            store.set_status(key, json!({ "phase": phases.next().unwrap_or("Ready") }));
        });
        let broken = steady_status(&cluster.settle().unwrap()).unwrap_err();
        assert!(
            broken.to_string().contains("/phase changed back and forth"),
            "{broken}"
        );
        assert_eq!(steady_status(&cluster.settle().unwrap()), Ok(()));
    }
}
