//! The `feature_store.yaml` documents, and how pods get them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use k8s_openapi::api::core::v1::EnvVar;

use crate::context::Context;
use crate::inputs::StoreYaml;
use crate::names::types;
use crate::objects::secret::{LINEAGE_KEY, SERVICE_KEY};
use crate::pod::{SERVICE_VARIABLE, by_reference, variable};
use crate::store_yaml;

const LINEAGE_VARIABLE: &str = "FEATURE_STORE_YAML_BASE64";
const REVISION_ANNOTATION: &str = "feast.dev/feature-store-yaml-revision";

/// Texts of the documents.
#[derive(Clone)]
pub(crate) struct Documents {
    pub(crate) service: String,
    pub(crate) client: String,
    pub(crate) lineage: Option<String>,
    pub(crate) service_base64: String,
    pub(crate) lineage_base64: Option<String>,
}

impl Documents {
    pub(crate) fn of(context: &Context<'_>) -> Result<Self, store_yaml::Error> {
        let facts = context.facts();
        let service = store_yaml::service(&facts)?.to_yaml();
        let lineage = context
            .lineage_server()
            .map(|_| store_yaml::lineage(&facts))
            .transpose()?;
        let lineage = lineage.map(|document| document.to_yaml());
        let client = store_yaml::client(&facts)?.to_yaml();
        let service_base64 = STANDARD.encode(&service);
        let lineage_base64 = lineage.as_ref().map(|text| STANDARD.encode(text));
        Ok(Self {
            service,
            client,
            lineage,
            service_base64,
            lineage_base64,
        })
    }

    /// The variable with the service document.
    pub(crate) fn service_variable(&self, context: &Context<'_>) -> EnvVar {
        document_variable(context, SERVICE_VARIABLE, SERVICE_KEY, &self.service_base64)
    }

    /// The variable with the lineage document.
    pub(crate) fn lineage_variable(&self, context: &Context<'_>) -> Option<EnvVar> {
        let text = self.lineage_base64.as_deref()?;
        Some(document_variable(
            context,
            LINEAGE_VARIABLE,
            LINEAGE_KEY,
            text,
        ))
    }

    /// An annotation that changes with the service document.
    pub(crate) fn service_revision(&self, context: &Context<'_>) -> Option<(String, String)> {
        revision(context, &self.service)
    }

    /// An annotation that changes with the lineage document.
    pub(crate) fn lineage_revision(&self, context: &Context<'_>) -> Option<(String, String)> {
        revision(context, self.lineage.as_deref()?)
    }
}

fn document_variable(context: &Context<'_>, name: &str, key: &str, base64: &str) -> EnvVar {
    match context.inputs.store_yaml() {
        StoreYaml::InDeployment => variable(name, base64),
        StoreYaml::InSecret => by_reference(name, context.names.of_type(types::STORE_YAML), key),
    }
}

/// Pods do not notice when a Secret changes that they refer to. 32 bits tell one document from
/// the next, and too little to find a credential by trial.
fn revision(context: &Context<'_>, document: &str) -> Option<(String, String)> {
    if context.inputs.store_yaml() != StoreYaml::InSecret {
        return None;
    }
    // FNV-1a, which stays the same from release to release.
    let hash = document.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    Some((REVISION_ANNOTATION.to_owned(), format!("{hash:08x}")))
}

#[cfg(test)]
mod tests {
    use k8s_openapi::ByteString;
    use k8s_openapi::api::core::v1::Secret;
    use serde_json::{Value, json};

    use super::*;
    use crate::inputs::Inputs;
    use crate::render::render;
    use crate::testing::store;

    /// The Deployments of a project whose documents are in a Secret: of the servers, and of lineage.
    fn deployments(project: &str) -> [Value; 2] {
        let store = store(&json!({
            "feastProject": project,
            "services": {"registry": {"local": {"server": {"grpc": true}}}},
            "openlineage": {"enabled": true, "consumer": {
                "enabled": true,
                "connectionStringSecretRef": {"name": "lineage"},
                "lineageServer": {},
            }},
        }));
        let mut secret = Secret::default();
        secret.metadata.name = Some("lineage".into());
        secret.metadata.namespace = Some("ml".into());
        let uri = ByteString("postgresql://db/lineage".into());
        secret.data = Some([("connection_string".to_owned(), uri)].into());
        let inputs = Inputs::builder()
            .secrets([secret])
            .store_yaml(StoreYaml::InSecret)
            .build();
        let plan = render(&store, &inputs).expect("renders").plan;
        [json!(plan.deployment), json!(plan.lineage_deployment)]
    }

    #[test]
    fn pods_read_documents_from_the_secret_and_are_replaced_with_them() {
        let revision = |deployment: &Value| {
            let metadata = &deployment["spec"]["template"]["metadata"];
            metadata["annotations"][REVISION_ANNOTATION].clone()
        };
        for (one, other) in deployments("one").iter().zip(&deployments("other")) {
            assert!(revision(one).is_string());
            assert_ne!(revision(one), revision(other));
        }
        let variables = [
            (SERVICE_VARIABLE, SERVICE_KEY),
            (LINEAGE_VARIABLE, LINEAGE_KEY),
        ];
        for (deployment, (variable, key)) in deployments("one").iter().zip(variables) {
            let reference = json!({
                "name": variable,
                "valueFrom": {"secretKeyRef": {"name": "feast-sample-feature-store-yaml", "key": key}},
            });
            let containers = &deployment["spec"]["template"]["spec"]["containers"];
            let variables = containers[0]["env"].as_array().expect("variables");
            assert!(variables.contains(&reference), "{variables:?}");
        }
    }
}
