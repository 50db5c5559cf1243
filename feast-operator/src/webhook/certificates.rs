//! The webhook's certificate.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;

type Pair = (Vec<u8>, Vec<u8>);

/// Reads the certificate and its key.
///
/// # Errors
///
/// Either is missing or not what it should be.
pub(super) async fn load(folder: &Path) -> io::Result<RustlsConfig> {
    let (certificate, key) = read(folder).await?;
    RustlsConfig::from_pem(certificate, key).await
}

/// Takes up every new certificate, for ever; one that cannot be read is left alone.
pub(super) async fn follow(folder: PathBuf, every: Duration, config: RustlsConfig) {
    let mut known = read(&folder).await.ok();
    loop {
        tokio::time::sleep(every).await;
        let Ok(found) = read(&folder).await else {
            continue;
        };
        if known.as_ref() == Some(&found) {
            continue;
        }
        match config
            .reload_from_pem(found.0.clone(), found.1.clone())
            .await
        {
            Ok(()) => tracing::info!("took up a new certificate"),
            Err(error) => tracing::warn!(%error, "a new certificate is unusable"),
        }
        known = Some(found);
    }
}

async fn read(folder: &Path) -> io::Result<Pair> {
    let file = |name| {
        let path = folder.join(name);
        async move {
            let content = tokio::fs::read(&path).await;
            content.map_err(|error| {
                io::Error::new(error.kind(), format!("{}: {error}", path.display()))
            })
        }
    };
    Ok((file("tls.crt").await?, file("tls.key").await?))
}
