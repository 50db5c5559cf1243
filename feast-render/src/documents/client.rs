//! The document for clients.

use super::error::Error;
use super::facts::Facts;
use super::service::base;
use super::{Document, auth, mlflow, registry, stores};
use crate::corrections::Correction;

/// The SDK's default path of a registry.
const SDK_REGISTRY: &str = "data/registry.db";

/// The `feature_store.yaml` for clients.
pub(crate) fn client(facts: &Facts<'_>) -> Result<Document, Error> {
    let registry = registry::remote(facts, facts.odh_ca_bundle).or_else(|| {
        // The SDK rejects a document without a registry.
        facts
            .corrects(Correction::ClientRegistry)
            .then(|| registry::file(SDK_REGISTRY))
    });
    let block = base(facts)
        .set_some("offline_store", stores::remote_offline(facts))
        .set_some("online_store", stores::remote_online(facts))
        .set_some("registry", registry)
        .set("auth", auth::client(facts)?)
        .set_some("mlflow", mlflow::block(facts)?);
    Ok(Document::new(facts, block))
}

#[cfg(test)]
mod tests {
    use feast_api::v1::ServiceHostnames;
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::corrections::Corrections;
    use crate::documents::testing::with_facts;
    use crate::testing::{Given, given};

    fn hostnames(port: &str) -> ServiceHostnames {
        ServiceHostnames {
            offline_store: Some(format!("offline:{port}")),
            online_store: Some(format!("online:{port}")),
            registry: Some(format!("registry:{port}")),
            ..ServiceHostnames::default()
        }
    }

    fn text(
        spec: &Json,
        hostnames: &ServiceHostnames,
        odh_ca_bundle: bool,
        given: &Given,
    ) -> String {
        with_facts(spec, hostnames, given, |facts| {
            client(&Facts {
                odh_ca_bundle,
                ..*facts
            })
            .unwrap()
            .yaml()
            .to_owned()
        })
    }

    #[test]
    fn plain() {
        let spec = json!({ "feastProject": "p", "authz": { "oidc": { "tokenEnvVar": "TOKEN" } } });
        let expected = "project: p
provider: local
offline_store:
    host: offline
    type: remote
    port: 80
online_store:
    path: http://online:80
    type: remote
registry:
    path: registry:80
    registry_type: remote
auth:
    type: oidc
    token_env_var: TOKEN
entity_key_serialization_version: 3
";
        assert_eq!(text(&spec, &hostnames("80"), true, &given()), expected);
    }

    #[test]
    fn tls() {
        let server = json!({ "tls": {
            "secretRef": { "name": "tls" },
            "secretKeyNames": { "tlsCrt": "tls.crt" },
        } });
        let spec = json!({ "feastProject": "p", "services": {
            "offlineStore": { "server": &server },
            "onlineStore": { "server": &server },
            "registry": { "local": { "server": &server } },
        } });
        let expected = |cert: fn(&str) -> String| {
            format!(
                "project: p
provider: local
offline_store:
    host: offline
    type: remote
    port: 443
    scheme: https
    cert: {}
online_store:
    path: https://online:443
    type: remote
    cert: {}
registry:
    path: registry:443
    registry_type: remote
    cert: {}
auth:
    type: kubernetes
entity_key_serialization_version: 3
",
                cert("offline"),
                cert("online"),
                cert("registry"),
            )
        };
        let own = expected(|server| format!("/tls/{server}/tls.crt"));
        assert_eq!(text(&spec, &hostnames("443"), false, &given()), own);
        let bundle = expected(|_| "/etc/pki/tls/custom-certs/ca-bundle.crt".to_owned());
        assert_eq!(text(&spec, &hostnames("443"), true, &given()), bundle);
    }

    #[test]
    fn without_a_registry_server() {
        let spec = json!({ "feastProject": "p" });
        let none = ServiceHostnames::default();
        assert!(!text(&spec, &none, false, &given()).contains("registry"));
        let corrections = Corrections::NONE.with(Correction::ClientRegistry);
        let inputs = given().corrections(corrections);
        let registry = "registry:\n    path: data/registry.db\n    registry_type: file\n";
        assert!(text(&spec, &none, false, &inputs).contains(registry));
    }
}
