//! Which of several operators works: the one that holds the Lease.
//!
//! <https://kubernetes.io/docs/concepts/architecture/leases/>

use std::time::Duration;

use jiff::Timestamp;
use k8s_openapi::api::coordination::v1::{Lease, LeaseSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{MicroTime, ObjectMeta};
use kube::Client;
use kube::api::{Api, PostParams};
use tokio::time::Instant;

use crate::error::code;

/// How long a Lease lasts that nobody renews.
const LASTS: Duration = Duration::from_secs(15);
/// How often it is renewed by the one who holds it, and looked at by the others.
const EVERY: Duration = Duration::from_secs(4);

/// One operator's view of the Lease.
#[derive(Clone, Debug)]
pub struct Election {
    leases: Api<Lease>,
    name: String,
    identity: String,
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
        }
    }

    /// Waits until the Lease is ours.
    pub async fn win(&self) {
        let mut sighting = None;
        loop {
            match self.try_to_hold(&mut sighting).await {
                Ok(true) => {
                    tracing::info!(lease = self.name, identity = self.identity, "leading");
                    return;
                }
                Ok(false) => tracing::debug!(lease = self.name, "another operator leads"),
                Err(error) => tracing::warn!(lease = self.name, %error, "cannot ask for the lease"),
            }
            tokio::time::sleep(EVERY).await;
        }
    }

    /// Renews the Lease; ends when it is lost.
    pub async fn keep(&self) {
        let mut renewed = Instant::now();
        let mut sighting = None;
        while renewed.elapsed() < LASTS {
            tokio::time::sleep(EVERY).await;
            let left = LASTS.saturating_sub(renewed.elapsed());
            match tokio::time::timeout(left, self.try_to_hold(&mut sighting)).await {
                Ok(Ok(true)) => renewed = Instant::now(),
                Ok(Ok(false)) => break,
                Ok(Err(error)) => {
                    tracing::warn!(lease = self.name, %error, "cannot renew the lease");
                }
                Err(_) => {}
            }
        }
        tracing::error!(lease = self.name, "the lease is lost");
    }

    /// Leaves the Lease to whoever wants it.
    pub async fn release(&self) {
        let Ok(Some(mut lease)) = self.leases.get_opt(&self.name).await else {
            return;
        };
        let spec = lease.spec.get_or_insert_default();
        if spec.holder_identity.as_deref() == Some(&self.identity) {
            spec.holder_identity = None;
            // Otherwise it runs out by itself.
            let _ = self
                .leases
                .replace(&self.name, &PostParams::default(), &lease)
                .await;
        }
    }

    /// Takes or renews the Lease, if it is nobody else's; whether it is ours.
    async fn try_to_hold(&self, sighting: &mut Option<Sighting>) -> Result<bool, kube::Error> {
        let params = PostParams::default();
        let written = match self.leases.get_opt(&self.name).await? {
            None => self.leases.create(&params, &self.taken(None)).await,
            Some(found) if self.is_free(&found, sighting) => {
                self.leases
                    .replace(&self.name, &params, &self.taken(Some(found)))
                    .await
            }
            Some(_) => return Ok(false),
        };
        match written {
            Ok(_) => Ok(true),
            // Somebody else was faster.
            Err(error) if code(&error) == Some(409) => Ok(false),
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
            Some(seen) if seen.version == *version => seen.at.elapsed() >= LASTS,
            _ => {
                *sighting = Some(Sighting {
                    version: version.clone(),
                    at: Instant::now(),
                });
                false
            }
        }
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
                lease_duration_seconds: i32::try_from(LASTS.as_secs()).ok(),
                lease_transitions: Some(transitions + i32::from(!stays)),
                renew_time: Some(now),
                ..before
            }),
        }
    }
}
