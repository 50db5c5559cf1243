//! Issues the webhook's certificate in the cluster, and makes API servers trust it.

use std::fmt;

use jiff::Timestamp;
use k8s_openapi::ByteString;
use k8s_openapi::api::admissionregistration::v1::ValidatingWebhookConfiguration;
use k8s_openapi::api::core::v1::Secret;
use kube::Client;
use kube::api::{Api, Patch};
use serde_json::json;

use super::issue::{Issued, Pair};
use crate::MANAGER;
use crate::bounded::bounded;
use crate::error::code;
use crate::writing::params;

/// Stores a certificate in a Secret, and makes the `ValidatingWebhookConfiguration`
/// `feast-operator` trust it.
///
/// Replicas share the certificate: the first one creates it.
#[derive(Clone)]
pub struct Issuing {
    secrets: Api<Secret>,
    configurations: Api<ValidatingWebhookConfiguration>,
    secret: String,
    hosts: Vec<String>,
}

/// Why there is no certificate.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("Secret of the webhook's certificate: {0}")]
    Secret(#[source] kube::Error),
    #[error("cannot create a certificate: {0}")]
    Make(#[from] rcgen::Error),
}

impl Issuing {
    /// A certificate in this Secret, for an operator in this namespace with these host names. The
    /// Secret must exist, and may be empty.
    pub fn new(client: Client, namespace: &str, secret: &str, hosts: Vec<String>) -> Self {
        let client = bounded(client);
        Self {
            secrets: Api::namespaced(client.clone(), namespace),
            configurations: Api::all(client),
            secret: secret.to_owned(),
            hosts,
        }
    }

    /// The serving certificate; a new one if there is none or it expires soon.
    ///
    /// # Errors
    ///
    /// The Secret cannot be read or written. If API servers cannot be made to trust it, this is
    /// only logged.
    pub(super) async fn certificate(&self, now: Timestamp) -> Result<Pair, Error> {
        let secret = self
            .secrets
            .get(&self.secret)
            .await
            .map_err(Error::Secret)?;
        let issued = match read(&secret).filter(|issued| !issued.is_due(now)) {
            Some(issued) => issued,
            None => self.renew(&secret, now).await?,
        };
        if let Err(error) = self.trust(&issued.authority.certificate).await {
            tracing::warn!(%error, "cannot make API servers trust the webhook");
        }
        Ok(issued.serving)
    }

    async fn renew(&self, secret: &Secret, now: Timestamp) -> Result<Issued, Error> {
        let known = read(secret).map(|issued| issued.authority);
        let issued = Issued::make(known, &self.hosts, now)?;
        let bytes = |bytes: &[u8]| ByteString(bytes.to_vec());
        let (serving, authority) = (&issued.serving, &issued.authority);
        let patch = json!({
            // Another replica may write it concurrently.
            "metadata": { "resourceVersion": secret.metadata.resource_version },
            "data": {
                "tls.crt": bytes(&serving.certificate), "tls.key": bytes(&serving.key),
                "ca.crt": bytes(&authority.certificate), "ca.key": bytes(&authority.key),
            },
        });
        let patch = Patch::Merge(&patch);
        match self.secrets.patch(&self.secret, &params(), &patch).await {
            Ok(_) => {
                tracing::info!(secret = self.secret, "issued a certificate");
                Ok(issued)
            }
            Err(error) if code(&error) == Some(409) => {
                let secret = self.secrets.get(&self.secret).await;
                let theirs = read(&secret.map_err(Error::Secret)?);
                theirs.ok_or(Error::Secret(error))
            }
            Err(error) => Err(Error::Secret(error)),
        }
    }

    /// Makes the registered webhooks trust this CA.
    async fn trust(&self, authority: &[u8]) -> kube::Result<()> {
        let Some(configuration) = self.configurations.get_opt(MANAGER).await? else {
            return Ok(());
        };
        let bundle = ByteString(authority.to_vec());
        let webhooks = configuration.webhooks.iter().flatten().enumerate();
        let distrusting = webhooks
            .filter(|(_, webhook)| webhook.client_config.ca_bundle.as_ref() != Some(&bundle));
        let changes = distrusting.map(|(position, _)| {
            let path = format!("/webhooks/{position}/clientConfig/caBundle");
            json!({ "op": "add", "path": path, "value": bundle })
        });
        let mut changes: Vec<_> = changes.collect();
        if changes.is_empty() {
            return Ok(());
        }
        let version = configuration.metadata.resource_version;
        changes.push(
            json!({ "op": "replace", "path": "/metadata/resourceVersion", "value": version }),
        );
        let patch = serde_json::from_value(changes.into()).map_err(kube::Error::SerdeError)?;
        let patch = Patch::Json::<()>(patch);
        self.configurations
            .patch(MANAGER, &params(), &patch)
            .await?;
        tracing::info!("API servers trust the webhook");
        Ok(())
    }
}

/// Omits the certificate.
impl fmt::Debug for Issuing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Issuing")
            .field("secret", &self.secret)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}

/// The certificates in a Secret, if complete.
fn read(secret: &Secret) -> Option<Issued> {
    let data = secret.data.as_ref()?;
    let pair = |certificate, key| {
        Some(Pair {
            certificate: data.get(certificate)?.0.clone(),
            key: data.get(key)?.0.clone(),
        })
    };
    Some(Issued {
        authority: pair("ca.crt", "ca.key")?,
        serving: pair("tls.crt", "tls.key")?,
    })
}
