//! Sources of the webhook's certificate.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use jiff::Timestamp;

use super::issue::{Pair, expiry};
use super::issuing::Issuing;
use crate::hands::Hands;

/// How often to read a Secret; it is renewed a month ahead.
const SECRET: Duration = Duration::from_secs(600);
/// How long to wait if a Secret cannot be read yet.
const AGAIN: Duration = Duration::from_secs(5);

/// The source of the webhook's certificate.
#[derive(Clone, Debug)]
pub enum Certificates {
    /// `tls.crt` and `tls.key` in a folder, replaced by others.
    Folder(PathBuf),
    /// A Secret, created and renewed by the operator.
    Secret(Box<Issuing>),
}

impl Certificates {
    /// The first certificate. Waits for a Secret, because permissions may arrive after the operator
    /// starts.
    ///
    /// # Errors
    ///
    /// It is invalid, or missing from the folder.
    pub(super) async fn load(&self, hands: &Hands) -> io::Result<RustlsConfig> {
        let pair = loop {
            match self.read().await {
                Ok(pair) => break pair,
                Err(error) if matches!(self, Self::Folder(_)) => return Err(error),
                Err(error) => tracing::warn!(%error, "no certificate yet"),
            }
            tokio::time::sleep(AGAIN).await;
        };
        tell(hands, &pair);
        RustlsConfig::from_pem(pair.certificate, pair.key).await
    }

    /// Loads each new certificate, forever; invalid ones are ignored. `every` is the polling
    /// interval of a folder.
    pub(super) async fn follow(self, every: Duration, config: RustlsConfig, hands: &Hands) {
        let every = match self {
            Self::Folder(_) => every,
            Self::Secret(_) => SECRET,
        };
        let mut known = None;
        loop {
            match self.read().await {
                Ok(found) if known.as_ref() != Some(&found) => {
                    take_up(&config, found.clone()).await;
                    tell(hands, &found);
                    known = Some(found);
                }
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "no certificate"),
            }
            tokio::time::sleep(every).await;
        }
    }

    async fn read(&self) -> io::Result<Pair> {
        match self {
            Self::Folder(folder) => Ok(Pair {
                certificate: file(folder, "tls.crt").await?,
                key: file(folder, "tls.key").await?,
            }),
            Self::Secret(issuing) => {
                let certificate = issuing.certificate(Timestamp::now()).await;
                certificate.map_err(io::Error::other)
            }
        }
    }
}

async fn take_up(config: &RustlsConfig, found: Pair) {
    match config.reload_from_pem(found.certificate, found.key).await {
        Ok(()) => tracing::info!("loaded a certificate"),
        Err(error) => tracing::warn!(%error, "invalid certificate"),
    }
}

fn tell(hands: &Hands, pair: &Pair) {
    if let Some(expiry) = expiry(&pair.certificate) {
        hands.health.certificate(expiry);
        hands.meter.certificate(expiry);
    }
}

async fn file(folder: &Path, name: &str) -> io::Result<Vec<u8>> {
    let path = folder.join(name);
    let content = tokio::fs::read(&path).await;
    content.map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}
