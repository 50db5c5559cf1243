//! The documents of the servers, for pods that read them from a Secret.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use crate::context::Context;
use crate::documents::Documents;
use crate::error::{Error, Stage};
use crate::inputs::StoreYaml;
use crate::names::types;

/// Key of the service document, in base64 as init containers expect it.
pub(crate) const SERVICE_KEY: &str = "service";
/// Key of the lineage document, in base64.
pub(crate) const LINEAGE_KEY: &str = "lineage";

pub(crate) fn secret(
    context: &Context<'_>,
    documents: &Documents,
) -> Result<Option<Secret>, Error> {
    if context.inputs.store_yaml() != StoreYaml::InSecret {
        return Ok(None);
    }
    let entry = |key: &str, text: &str| (key.to_owned(), ByteString(text.as_bytes().to_vec()));
    let lineage = documents
        .lineage_base64
        .as_deref()
        .map(|text| entry(LINEAGE_KEY, text));
    let data: BTreeMap<_, _> = [entry(SERVICE_KEY, &documents.service_base64)]
        .into_iter()
        .chain(lineage)
        .collect();
    let labels = context.names.typed_labels(types::STORE_YAML);
    let secret = Secret {
        metadata: context.metadata(context.names.of_type(types::STORE_YAML), labels),
        data: Some(data),
        ..Secret::default()
    };
    context.claim(Stage::Deployment, secret).map(Some)
}
