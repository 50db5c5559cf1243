//! The document for the lineage server.

use feast_api::v1::FeatureStoreServices;

use super::block::Block;
use super::error::Error;
use super::facts::Facts;
use super::service::named;
use super::{Document, auth, openlineage, registry};
use crate::corrections::Correction;
use crate::server::ServerType;

/// The `feature_store.yaml` for the lineage server.
pub(crate) fn lineage(facts: &Facts<'_>) -> Result<Document, Error> {
    let openlineage = openlineage::lineage(facts)?;
    let block = named(facts).set_some("openlineage", openlineage);
    let block = if facts.corrects(Correction::LineageRegistryAddress) {
        block
            .set_some("registry", reachable_registry(facts)?)
            .set("auth", auth::server(facts)?)
    } else {
        block.set_some("registry", reference_registry(facts))
    };
    Ok(Document::new(facts, block))
}

/// The registry server. Without one, or if events are stored in the registry's database, the
/// registry itself, because the SDK takes the database's address from there.
fn reachable_registry(facts: &Facts<'_>) -> Result<Option<Block>, Error> {
    match registry::remote(facts, facts.odh_ca_bundle) {
        Some(registry) if !shares_database(facts) => Ok(Some(registry)),
        _ => registry::service(facts),
    }
}

fn shares_database(facts: &Facts<'_>) -> bool {
    let services = facts.applied.services.as_ref();
    let local = services.and_then(FeatureStoreServices::local_registry);
    let consumer = facts.applied.lineage_consumer();
    let separate = consumer.and_then(|consumer| consumer.connection_string_secret_ref.as_ref());
    separate.is_none() && local.is_some_and(|registry| registry.database().is_some())
}

/// A remote registry without its TLS, or a local one at its container's port.
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
    Some(registry::at(&format!(
        "{}:6570",
        facts.service_host(ServerType::Registry.name())
    )))
}

#[cfg(test)]
mod tests {
    use feast_api::v1::ServiceHostnames;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::corrections::Corrections;
    use crate::documents::testing::{secret, with_facts};
    use crate::testing::given;

    const ADDRESS: &str = "feast-sample-registry.ml.svc.cluster.local:443";

    fn spec(registry: &Json) -> Json {
        json!({
            "feastProject": "p",
            "authz": { "kubernetes": {} },
            "openlineage": { "enabled": true, "consumer": { "enabled": true, "lineageServer": {} } },
            "services": { "registry": registry },
        })
    }

    #[track_caller]
    fn check(registry: &Json, address: Option<&str>, corrections: Corrections, expected: &str) {
        let hostnames = ServiceHostnames {
            registry: address.map(str::to_owned),
            ..ServiceHostnames::default()
        };
        let inputs = given().corrections(corrections);
        let text = with_facts(&spec(registry), &hostnames, &inputs, |facts| {
            lineage(facts).unwrap().yaml().to_owned()
        });
        let (before, after) = expected.split_once("openlineage\n").unwrap();
        let openlineage = "openlineage:
    enabled: true
    consumer:
        enabled: true
        standalone_server: true
";
        let expected = format!("project: p\nprovider: local\n{before}{openlineage}{after}");
        assert_eq!(text, expected);
    }

    fn server() -> Json {
        json!({ "local": { "server": { "tls": {
            "secretRef": { "name": "tls" },
            "secretKeyNames": { "tlsCrt": "tls.crt" },
        } } } })
    }

    #[test]
    fn registry_of_the_reference() {
        let local = "registry:
    path: feast-sample-registry.ml.svc.cluster.local:6570
    registry_type: remote
openlineage
";
        check(&server(), Some(ADDRESS), Corrections::NONE, local);
        check(&json!({ "local": {} }), None, Corrections::NONE, local);
        let remote = json!({ "remote": { "hostname": "there:80" } });
        let expected = "registry:\n    path: there:80\n    registry_type: remote\nopenlineage\n";
        check(&remote, Some("there:80"), Corrections::NONE, expected);
        check(&json!(null), None, Corrections::NONE, "openlineage\n");
    }

    #[test]
    fn registry_with_corrections() {
        let corrections = Corrections::NONE.with(Correction::LineageRegistryAddress);
        let served = "registry:
    path: feast-sample-registry.ml.svc.cluster.local:443
    registry_type: remote
    cert: /tls/registry/tls.crt
auth:
    type: kubernetes
openlineage
";
        check(&server(), Some(ADDRESS), corrections, served);
        let file = "registry:
    path: /feast-data/registry.db
    registry_type: file
auth:
    type: kubernetes
openlineage
";
        check(&json!({ "local": {} }), None, corrections, file);
    }

    #[test]
    fn with_events_in_the_database_of_the_registry() {
        let registry = json!({ "local": {
            "persistence": { "store": { "type": "sql", "secretRef": { "name": "db" } } },
            "server": {},
        } });
        let hostnames = ServiceHostnames {
            registry: Some(ADDRESS.to_owned()),
            ..ServiceHostnames::default()
        };
        let inputs = given()
            .secrets([secret("db", &[("sql", "path: postgresql://u:p@db/r")])])
            .corrections(Corrections::NONE.with(Correction::LineageRegistryAddress));
        let text = with_facts(&spec(&registry), &hostnames, &inputs, |facts| {
            lineage(facts).unwrap().yaml().to_owned()
        });
        let expected = "registry:\n    path: postgresql://u:p@db/r\n    registry_type: sql\n";
        assert!(text.contains(expected), "{text}");
    }
}
