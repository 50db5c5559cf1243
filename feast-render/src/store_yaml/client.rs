//! The document of clients.

use super::error::Error;
use super::facts::Facts;
use super::service::base;
use super::{Document, auth, mlflow, registry, stores};
use crate::deviations::Deviation;

/// Where the SDK keeps a registry by default.
const SDK_REGISTRY: &str = "data/registry.db";

/// The `feature_store.yaml` of clients.
pub(crate) fn client(facts: &Facts<'_>) -> Result<Document, Error> {
    let registry = registry::remote(facts, facts.odh_ca_bundle).or_else(|| {
        // Without a registry the SDK refuses the whole document.
        facts
            .corrects(Deviation::ClientRegistry)
            .then(|| registry::file(SDK_REGISTRY))
    });
    let block = base(facts)
        .set_some("offline_store", stores::remote_offline(facts))
        .set_some("online_store", stores::remote_online(facts))
        .set_some("registry", registry)
        .set("auth", auth::client(facts))
        .set_some("mlflow", mlflow::block(facts)?);
    Ok(Document::new(facts, block))
}
