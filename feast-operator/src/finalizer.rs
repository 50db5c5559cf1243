//! Keeps a deleted FeatureStore until it is removed from shared objects.
//!
//! Only reads metadata, so that FeatureStores that do not match their type can be deleted, too.

use feast_render::{Listing, ObjectRef, Plan};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::json;

use crate::context::Context;
use crate::error::{Error, code};
use crate::writing::merge;

/// Name of the finalizer. If the operator is gone for good, remove it with `kubectl patch`.
pub const FINALIZER: &str = "feast.dev/shared-objects";

/// Whether a plan has objects without an owner, which Kubernetes does not garbage-collect.
pub fn is_called_for(plan: &Plan) -> bool {
    let is_listed = plan.listing.as_ref().is_some_and(Listing::is_entered);
    !plan.cluster_role_bindings.is_empty() || is_listed
}

/// Whether a FeatureStore with this metadata has the finalizer.
pub fn is_set(metadata: &ObjectMeta) -> bool {
    let finalizers = metadata.finalizers.as_deref().unwrap_or_default();
    finalizers.iter().any(|finalizer| finalizer == FINALIZER)
}

/// Adds the finalizer to the FeatureStore with this metadata, unless it is there.
///
/// # Errors
///
/// The request failed; a conflict if the FeatureStore has changed since it was read.
pub async fn add(context: &Context, key: &ObjectRef, metadata: &ObjectMeta) -> Result<(), Error> {
    if is_set(metadata) {
        return Ok(());
    }
    let mut finalizers = metadata.finalizers.clone().unwrap_or_default();
    finalizers.push(FINALIZER.to_owned());
    write(context, key, metadata, &finalizers).await
}

/// Removes the finalizer from the FeatureStore with this metadata, if it is there.
///
/// # Errors
///
/// The request failed; a conflict if the FeatureStore has changed since it was read.
pub async fn remove(
    context: &Context,
    key: &ObjectRef,
    metadata: &ObjectMeta,
) -> Result<(), Error> {
    if !is_set(metadata) {
        return Ok(());
    }
    let mut finalizers = metadata.finalizers.clone().unwrap_or_default();
    finalizers.retain(|finalizer| finalizer != FINALIZER);
    match write(context, key, metadata, &finalizers).await {
        Err(Error::Request { source, .. }) if code(&source) == Some(404) => Ok(()),
        written => written,
    }
}

async fn write(
    context: &Context,
    key: &ObjectRef,
    metadata: &ObjectMeta,
    finalizers: &[String],
) -> Result<(), Error> {
    let patch = json!({ "metadata": {
        "finalizers": finalizers,
        "resourceVersion": metadata.resource_version,
    } });
    merge(context, key, &patch).await?;
    Ok(())
}
