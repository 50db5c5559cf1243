//! Leader election: the replica that holds the Lease is active.
//!
//! <https://kubernetes.io/docs/concepts/architecture/leases/>

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::Client;
use kube::api::{Api, PostParams};
use tokio::time::{Instant, timeout, timeout_at};

use crate::error::code;

/// A replica's view of the Lease.
#[derive(Clone, Debug)]
pub struct Election {
    leases: Api<Lease>,
    name: String,
    identity: String,
    times: Times,
}

/// Duration and renewal of the Lease. The defaults are those of Kubernetes' components: 15 s, 10 s
/// and 2 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long the Lease is valid without renewal; then others may take it.
    lasts: Duration,
    /// How long after its last successful renewal the holder gives up, before others may take the
    /// Lease.
    gives_up: Duration,
    /// How often the holder renews the Lease, and others check it.
    every: Duration,
}

/// Durations with which no Lease can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadTimes {
    /// The duration is not in whole seconds.
    #[error("the lease duration {0:?} must be a whole number of seconds from 1 to {max}", max = i32::MAX)]
    NoSeconds(Duration),
    /// Others could take the Lease before its holder gives up.
    #[error("the renew deadline {deadline:?} must be shorter than the lease duration {duration:?}")]
    TooLate {
        /// The renew deadline.
        deadline: Duration,
        /// The lease duration.
        duration: Duration,
    },
    /// The holder would give up before it tries to renew the Lease.
    #[error("the retry period {period:?} must be shorter than the renew deadline {deadline:?}")]
    TooSeldom {
        /// The retry period.
        period: Duration,
        /// The renew deadline.
        deadline: Duration,
    },
}

impl Times {
    /// Creates durations, with the names of Kubernetes' components.
    ///
    /// # Errors
    ///
    /// [`BadTimes`].
    pub fn new(
        lease_duration: Duration,
        renew_deadline: Duration,
        retry_period: Duration,
    ) -> Result<Self, BadTimes> {
        let seconds = Duration::from_secs(lease_duration.as_secs());
        let is_whole = lease_duration == seconds && !seconds.is_zero();
        if !is_whole || i32::try_from(seconds.as_secs()).is_err() {
            return Err(BadTimes::NoSeconds(lease_duration));
        }
        if renew_deadline >= lease_duration {
            return Err(BadTimes::TooLate {
                deadline: renew_deadline,
                duration: lease_duration,
            });
        }
        if retry_period >= renew_deadline {
            return Err(BadTimes::TooSeldom {
                period: retry_period,
                deadline: renew_deadline,
            });
        }
        Ok(Self {
            lasts: lease_duration,
            gives_up: renew_deadline,
            every: retry_period,
        })
    }

    /// Timeout of an attempt, which leaves time for another one before the holder gives up.
    fn attempt(&self) -> Duration {
        self.gives_up.saturating_sub(self.every) / 2
    }
}

impl Default for Times {
    fn default() -> Self {
        Self {
            lasts: Duration::from_secs(15),
            gives_up: Duration::from_secs(10),
            every: Duration::from_secs(2),
        }
    }
}

/// Proof that this replica holds the Lease.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// When the request that took or renewed the Lease was sent.
    since: Instant,
}

/// The result of an attempt to take or renew the Lease.
enum Attempt {
    Held(Held),
    /// Another replica holds it.
    Theirs,
    /// It was changed concurrently, perhaps by an earlier request of this replica.
    Overtaken,
}

/// Why an attempt failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Request(#[from] kube::Error),
    #[error("the API server did not answer in time")]
    TooLate(#[from] tokio::time::error::Elapsed),
}

/// When the Lease was last seen to change. Replicas' clocks may differ, so the times in the Lease
/// are not used.
#[derive(Debug)]
struct Sighting {
    version: Option<String>,
    at: Instant,
}

impl Election {
    /// An election for the Lease of this name, for a replica with this identity.
    pub fn new(client: Client, namespace: &str, name: &str, identity: String) -> Self {
        Self {
            leases: Api::namespaced(client, namespace),
            name: name.to_owned(),
            identity,
            times: Times::default(),
        }
    }

    /// Sets durations other than the default.
    #[must_use]
    pub fn with_times(self, times: Times) -> Self {
        Self { times, ..self }
    }

    /// Waits until this replica holds the Lease.
    pub async fn win(&self) -> Held {
        let mut sighting = None;
        loop {
            match self.attempt(&mut sighting).await {
                Ok(Attempt::Held(held)) if held.since.elapsed() < self.times.gives_up => {
                    tracing::info!(lease = self.name, identity = self.identity, "leading");
                    return held;
                }
                Ok(Attempt::Held(_) | Attempt::Overtaken) => {}
                Ok(Attempt::Theirs) => {
                    tracing::debug!(lease = self.name, "another replica is the leader");
                }
                Err(error) => tracing::warn!(lease = self.name, %error, "cannot get the lease"),
            }
            tokio::time::sleep(self.times.every).await;
        }
    }

    /// Renews the Lease. Returns when it is lost or can no longer be relied on; then all work must
    /// stop, because another replica may be about to start.
    pub async fn keep(&self, held: Held) {
        let mut end = held.since + self.times.gives_up;
        // Returns in time, no matter what happens meanwhile.
        while let Ok(renewed) = timeout_at(end, self.renew()).await {
            match renewed {
                Some(held) => end = held.since + self.times.gives_up,
                None => break,
            }
        }
        tracing::error!(lease = self.name, "the lease was lost");
    }

    /// Renews the Lease after the retry period, with as many attempts as needed; `None` if another
    /// replica holds it.
    async fn renew(&self) -> Option<Held> {
        loop {
            tokio::time::sleep(self.times.every).await;
            match self.attempt(&mut None).await {
                Ok(Attempt::Held(held)) => return Some(held),
                Ok(Attempt::Theirs) => return None,
                Ok(Attempt::Overtaken) => {}
                Err(error) => tracing::warn!(lease = self.name, %error, "cannot renew the lease"),
            }
        }
    }

    /// Releases the Lease.
    pub async fn release(&self) {
        // If this fails, the Lease expires.
        let _ = timeout(self.times.attempt(), self.give_away()).await;
    }

    async fn give_away(&self) -> Result<(), kube::Error> {
        let Some(mut lease) = self.leases.get_opt(&self.name).await? else {
            return Ok(());
        };
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() == Some(&self.identity) {
            spec.holder_identity = None;
            let params = PostParams::default();
            self.leases.replace(&self.name, &params, &lease).await?;
        }
        Ok(())
    }

    async fn attempt(&self, sighting: &mut Option<Sighting>) -> Result<Attempt, Failed> {
        Ok(timeout(self.times.attempt(), self.try_to_hold(sighting)).await??)
    }

    /// Takes or renews the Lease, unless another replica holds it.
    async fn try_to_hold(&self, sighting: &mut Option<Sighting>) -> Result<Attempt, kube::Error> {
        let since = Instant::now();
        let params = PostParams::default();
        let written = match self.leases.get_opt(&self.name).await? {
            None => self.leases.create(&params, &self.taken(None)).await,
            Some(found) if self.is_free(&found, sighting) => {
                self.leases
                    .replace(&self.name, &params, &self.taken(Some(found)))
                    .await
            }
            Some(_) => return Ok(Attempt::Theirs),
        };
        match written {
            Ok(_) => Ok(Attempt::Held(Held { since })),
            Err(error) if code(&error) == Some(409) => Ok(Attempt::Overtaken),
            Err(error) => Err(error),
        }
    }

    fn is_free(&self, lease: &Lease, sighting: &mut Option<Sighting>) -> bool {
        let holder = lease
            .spec
            .as_ref()
            .and_then(|spec| spec.holder_identity.as_deref());
        if holder.is_none_or(|holder| holder.is_empty() || holder == self.identity) {
            return true;
        }
        let version = &lease.metadata.resource_version;
        match sighting {
            Some(seen) if seen.version == *version => seen.at.elapsed() >= self.lasts(lease),
            _ => {
                *sighting = Some(Sighting {
                    version: version.clone(),
                    at: Instant::now(),
                });
                false
            }
        }
    }

    /// The duration in the Lease; its holder may have other settings.
    fn lasts(&self, lease: &Lease) -> Duration {
        let told = lease
            .spec
            .as_ref()
            .and_then(|spec| spec.lease_duration_seconds);
        let told = told.and_then(|seconds| u64::try_from(seconds).ok());
        let told = told.filter(|seconds| *seconds > 0);
        told.map_or(self.times.lasts, Duration::from_secs)
    }

    /// The Lease with this replica as holder.
    fn taken(&self, found: Option<Lease>) -> Lease {
        let now = MicroTime(Timestamp::now());
        let before = found
            .as_ref()
            .and_then(|lease| lease.spec.clone())
            .unwrap_or_default();
        let stays = before.holder_identity.as_deref() == Some(&self.identity);
        let transitions = before.lease_transitions.unwrap_or_default();
        let metadata = found.map_or_else(
            || ObjectMeta {
                name: Some(self.name.clone()),
                ..ObjectMeta::default()
            },
            |found| found.metadata,
        );
        Lease {
            metadata,
            spec: Some(LeaseSpec {
                acquire_time: before
                    .acquire_time
                    .clone()
                    .filter(|_| stays)
                    .or(Some(now.clone())),
                holder_identity: Some(self.identity.clone()),
                lease_duration_seconds: i32::try_from(self.times.lasts.as_secs()).ok(),
                lease_transitions: Some(transitions + i32::from(!stays)),
                renew_time: Some(now),
                ..before
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_must_be_in_order() {
        let times = |lasts, gives_up, every| {
            let [lasts, gives_up, every] = [lasts, gives_up, every].map(Duration::from_millis);
            Times::new(lasts, gives_up, every)
        };
        assert_eq!(times(15_000, 10_000, 2_000), Ok(Times::default()));
        assert!(times(1_000, 999, 998).is_ok());
        for (lasts, gives_up, every) in [
            (0, 0, 0),
            (1_500, 1_000, 500),
            (10_000, 10_000, 2_000),
            (15_000, 10_000, 10_000),
            (1_000 << 31, 10_000, 2_000),
        ] {
            let found = times(lasts, gives_up, every);
            assert!(found.is_err(), "{found:?}");
        }
    }
}
