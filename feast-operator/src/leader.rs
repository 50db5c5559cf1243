//! Which of several operators works: the one that holds the Lease.
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

/// One operator's view of the Lease.
#[derive(Clone, Debug)]
pub struct Election {
    leases: Api<Lease>,
    name: String,
    identity: String,
    times: Times,
}

/// How long a Lease lasts, and how it is renewed. The default is that of Kubernetes' own components:
/// 15 s, 10 s and 2 s.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// How long it lasts that nobody renews: others take it then.
    lasts: Duration,
    /// How long after the last request that renewed it the one who holds it gives up: before others
    /// may take it, whatever became of the requests since.
    gives_up: Duration,
    /// How often it is renewed by the one who holds it, and looked at by the others.
    every: Duration,
}

/// Times by which no Lease can be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BadTimes {
    /// A Lease says in whole seconds how long it lasts.
    #[error("a lease duration of {0:?} is no number of seconds from 1 to {max}", max = i32::MAX)]
    NoSeconds(Duration),
    /// Others could take the Lease before its holder gives up.
    #[error(
        "a renew deadline of {deadline:?} is not shorter than the lease duration of {duration:?}"
    )]
    TooLate {
        /// When the holder gives up.
        deadline: Duration,
        /// When others may take it.
        duration: Duration,
    },
    /// The holder would give up without an attempt to renew the Lease.
    #[error("a retry period of {period:?} is not shorter than the renew deadline of {deadline:?}")]
    TooSeldom {
        /// When it is renewed.
        period: Duration,
        /// When the holder gives up.
        deadline: Duration,
    },
}

impl Times {
    /// These times, in the words of Kubernetes' components.
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

    /// How long an attempt may take: another one may fare better before the holder gives up.
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

/// The Lease is ours.
#[derive(Clone, Copy, Debug)]
pub struct Held {
    /// When the request was sent that took or renewed it.
    since: Instant,
}

/// How an attempt to take or renew the Lease ended.
enum Attempt {
    Held(Held),
    /// Another operator holds it.
    Theirs,
    /// It was written meanwhile, be it by an earlier request of ours.
    Overtaken,
}

/// An attempt failed.
#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error(transparent)]
    Request(#[from] kube::Error),
    #[error("the API server did not answer in time")]
    TooLate(#[from] tokio::time::error::Elapsed),
}

/// When a Lease was last seen to change. Clocks of operators may differ, so its own times count for
/// nothing.
#[derive(Debug)]
struct Sighting {
    version: Option<String>,
    at: Instant,
}

impl Election {
    /// The Lease of this name, for an operator of this identity.
    pub fn new(client: Client, namespace: &str, name: &str, identity: String) -> Self {
        Self {
            leases: Api::namespaced(client, namespace),
            name: name.to_owned(),
            identity,
            times: Times::default(),
        }
    }

    /// With other times than the default.
    #[must_use]
    pub fn with_times(self, times: Times) -> Self {
        Self { times, ..self }
    }

    /// Waits until the Lease is ours.
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
                    tracing::debug!(lease = self.name, "another operator leads");
                }
                Err(error) => tracing::warn!(lease = self.name, %error, "cannot ask for the lease"),
            }
            tokio::time::sleep(self.times.every).await;
        }
    }

    /// Renews the Lease; ends when it is lost, or can no longer be counted on. Nothing may be done
    /// after that: another operator may be about to begin.
    pub async fn keep(&self, held: Held) {
        let mut end = held.since + self.times.gives_up;
        // Whatever happens on the way, it ends in time.
        while let Ok(renewed) = timeout_at(end, self.renew()).await {
            match renewed {
                Some(held) => end = held.since + self.times.gives_up,
                None => break,
            }
        }
        tracing::error!(lease = self.name, "the lease is lost");
    }

    /// Renews the Lease after a while, as often as it takes; `None` if it is somebody else's.
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

    /// Leaves the Lease to whoever wants it.
    pub async fn release(&self) {
        // Otherwise it runs out by itself.
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

    /// Takes or renews the Lease, if it is nobody else's.
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

    /// How long it lasts, as its holder says, who may have been told something else.
    fn lasts(&self, lease: &Lease) -> Duration {
        let told = lease
            .spec
            .as_ref()
            .and_then(|spec| spec.lease_duration_seconds);
        let told = told.and_then(|seconds| u64::try_from(seconds).ok());
        let told = told.filter(|seconds| *seconds > 0);
        told.map_or(self.times.lasts, Duration::from_secs)
    }

    /// The Lease as ours.
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
    fn the_holder_tries_before_it_gives_up_and_gives_up_before_others_take_over() {
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
