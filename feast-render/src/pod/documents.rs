//! How pods get their `feature_store.yaml`.

use k8s_openapi::api::core::v1::EnvVar;

use super::SERVICE_VARIABLE;
use super::env::{by_reference, variable};
use crate::context::Context;
use crate::documents::{Document, Documents};
use crate::names::{LINEAGE_KEY, SERVICE_KEY, types};
use crate::settings::DocumentStorage;

const LINEAGE_VARIABLE: &str = "FEATURE_STORE_YAML_BASE64";
const REVISION_ANNOTATION: &str = "feast.dev/feature-store-yaml-revision";

/// The variable with the service document.
pub(crate) fn service_variable(context: &Context<'_>, documents: &Documents) -> EnvVar {
    document_variable(context, SERVICE_VARIABLE, SERVICE_KEY, &documents.service)
}

/// The variable with the lineage document.
pub(crate) fn lineage_variable(context: &Context<'_>, documents: &Documents) -> Option<EnvVar> {
    let document = documents.lineage.as_ref()?;
    Some(document_variable(
        context,
        LINEAGE_VARIABLE,
        LINEAGE_KEY,
        document,
    ))
}

/// An annotation that changes with the service document.
pub(crate) fn service_revision(
    context: &Context<'_>,
    documents: &Documents,
) -> Option<(String, String)> {
    revision(context, &documents.service)
}

/// An annotation that changes with the lineage document.
pub(crate) fn lineage_revision(
    context: &Context<'_>,
    documents: &Documents,
) -> Option<(String, String)> {
    revision(context, documents.lineage.as_ref()?)
}

fn document_variable(context: &Context<'_>, name: &str, key: &str, document: &Document) -> EnvVar {
    match context.inputs.storage() {
        DocumentStorage::InDeployment => variable(name, document.base64()),
        DocumentStorage::InSecret => {
            by_reference(name, context.names.of_type(types::STORE_YAML), key)
        }
    }
}

/// Pods do not notice changes of a Secret. 32 bits suffice to distinguish consecutive documents,
/// and are too few to find a credential by trial.
fn revision(context: &Context<'_>, document: &Document) -> Option<(String, String)> {
    if context.inputs.storage() != DocumentStorage::InSecret {
        return None;
    }
    // FNV-1a, which is stable across releases.
    let hash = document.yaml().bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    Some((REVISION_ANNOTATION.to_owned(), format!("{hash:08x}")))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::render::render;
    use crate::testing::given;

    /// The Deployments of a project with documents in a Secret: servers and lineage server.
    fn deployments(project: &str) -> [Value; 2] {
        let spec = json!({
            "feastProject": project,
            "services": {"registry": {"local": {"server": {"grpc": true}}}},
            "openlineage": {"enabled": true, "consumer": {
                "enabled": true,
                "connectionStringSecretRef": {"name": "lineage"},
                "lineageServer": {},
            }},
        });
        let secret = json!({
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "lineage", "namespace": "ml"},
            "data": {"connection_string": "cG9zdGdyZXNxbDovL2RiL2xpbmVhZ2U="},
        });
        let given = given().objects([secret]).storage(DocumentStorage::InSecret);
        let plan = render(&given.inputs(&spec)).expect("renders").plan;
        [json!(plan.deployment), json!(plan.lineage_deployment)]
    }

    #[test]
    fn pods_read_documents_from_the_secret_and_restart_when_they_change() {
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
