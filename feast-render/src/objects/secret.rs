//! The Secret with the servers' documents, if pods read them from one.

use std::collections::BTreeMap;

use k8s_openapi::ByteString;
use k8s_openapi::api::core::v1::Secret;

use crate::context::Context;
use crate::documents::Documents;
use crate::error::Error;
use crate::names::{LINEAGE_KEY, SERVICE_KEY, types};
use crate::settings::DocumentStorage;

pub(crate) fn secret(
    context: &Context<'_>,
    documents: &Documents,
) -> Result<Option<Secret>, Error> {
    if context.inputs.storage() != DocumentStorage::InSecret {
        return Ok(None);
    }
    let entry = |key: &str, text: &str| (key.to_owned(), ByteString(text.as_bytes().to_vec()));
    let lineage = documents
        .lineage
        .as_ref()
        .map(|document| entry(LINEAGE_KEY, &document.base64()));
    let data: BTreeMap<_, _> = [entry(SERVICE_KEY, &documents.service.base64())]
        .into_iter()
        .chain(lineage)
        .collect();
    let labels = context.names.typed_labels(types::STORE_YAML);
    let secret = Secret {
        metadata: context.metadata(context.names.of_type(types::STORE_YAML), labels),
        data: Some(data),
        ..Secret::default()
    };
    context.claim(secret).map(Some)
}
