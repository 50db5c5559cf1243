//! The document of the lineage server.

use super::block::Block;
use super::error::Error;
use super::facts::Facts;
use super::service::named;
use super::{Document, auth, openlineage, registry};
use crate::deviations::Deviation;

/// The `feature_store.yaml` of the lineage server.
pub(crate) fn lineage(facts: &Facts<'_>) -> Result<Document, Error> {
    let openlineage = openlineage::lineage(facts)?;
    let block = named(facts).set_some("openlineage", openlineage);
    let block = if facts.corrects(Deviation::LineageRegistryAddress) {
        let registry = match registry::remote(facts, facts.odh_ca_bundle) {
            Some(registry) => Some(registry),
            None => registry::service(facts)?,
        };
        block
            .set_some("registry", registry)
            .set("auth", auth::server(facts)?)
    } else {
        block.set_some("registry", reference_registry(facts))
    };
    Ok(Document::new(facts, block))
}

/// A remote registry without its TLS, or a local one at the port of its container.
fn reference_registry(facts: &Facts<'_>) -> Option<Block> {
    let registry = facts.registry()?;
    if registry.remote.is_some() {
        let address = facts
            .hostnames
            .registry
            .as_ref()
            .filter(|address| !address.is_empty())?;
        return Some(registry::at(address));
    }
    registry.local.as_ref()?;
    facts.applied.authz.as_ref()?;
    Some(registry::at(&format!("{}:6570", facts.domain("registry"))))
}
