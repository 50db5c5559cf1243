//! Claims that outlive their FeatureStore.
//!
//! Kubernetes deletes what a FeatureStore owns, including the claims it created, and their data.
//! Claims to keep have no owner.

use feast_api::v1::FeatureStore;
use feast_render::{ObjectRef, Patch, Plan};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource;
use serde_json::json;

use crate::KEEP_CLAIMS;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::platform::is_claim;

/// What to do with the claims of a FeatureStore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// Keep them when it is deleted or no longer needs them.
    Keep,
    /// Delete them with it, even if they were to be kept before.
    Own,
    /// Delete the claims that it creates, but still keep those that were to be kept.
    Leave,
}

impl Wish {
    fn of(metadata: &ObjectMeta, by_default: bool) -> Self {
        let annotations = metadata.annotations.as_ref();
        let told = annotations.and_then(|annotations| annotations.get(KEEP_CLAIMS));
        match told.map(String::as_str) {
            Some("true") => Self::Keep,
            Some("false") => Self::Own,
            _ if by_default => Self::Keep,
            _ => Self::Leave,
        }
    }
}

/// Adapts a plan to the policy for claims of the FeatureStore with this metadata.
///
/// # Errors
///
/// A claim in the cache is not a valid object.
pub fn settle(
    known: &Knowledge,
    key: &ObjectRef,
    metadata: &ObjectMeta,
    plan: &mut Plan,
) -> Result<(), Error> {
    let wish = Wish::of(metadata, known.configuration.keep_claims);
    if wish == Wish::Keep {
        plan.deletions.retain(|object| !is_claim(object));
        for claim in &mut plan.persistent_volume_claims {
            claim.metadata.owner_references = None;
        }
    }
    for (object, claim) in claims(known, key)? {
        plan.patches.extend(patch(wish, metadata, object, claim));
    }
    Ok(())
}

/// The claims of a FeatureStore, with their metadata.
fn claims(known: &Knowledge, key: &ObjectRef) -> Result<Vec<(ObjectRef, ObjectMeta)>, Error> {
    let own = known.objects.labelled(key).into_iter();
    let claims = own.filter(|(object, _)| is_claim(object));
    let claims = claims.map(|(object, claim)| {
        let metadata = claim.read_metadata()?;
        Ok::<_, Error>((object, metadata))
    });
    claims.collect()
}

/// The patch that adds or removes a claim's owner, if needed.
fn patch(wish: Wish, store: &ObjectMeta, object: ObjectRef, claim: ObjectMeta) -> Option<Patch> {
    let uid = store.uid.as_ref()?;
    let before = claim.owner_references.unwrap_or_default();
    let mut owners = before.clone();
    match wish {
        Wish::Keep => owners.retain(|owner| owner.uid != *uid),
        Wish::Own if store.deletion_timestamp.is_none() => {
            let is_controlled = owners.iter().any(|owner| owner.controller == Some(true));
            owners.extend((!is_controlled).then(|| owner(store, uid)));
        }
        Wish::Own | Wish::Leave => {}
    }
    let merge = json!({ "metadata": {
        "ownerReferences": owners,
        "resourceVersion": claim.resource_version,
    } });
    (owners != before).then(|| Patch::new(object, merge))
}

/// An owner reference to the FeatureStore with this metadata, as controller.
fn owner(store: &ObjectMeta, uid: &str) -> OwnerReference {
    OwnerReference {
        api_version: FeatureStore::api_version(&()).into_owned(),
        kind: FeatureStore::kind(&()).into_owned(),
        name: store.name.clone().unwrap_or_default(),
        uid: uid.to_owned(),
        controller: Some(true),
        block_owner_deletion: Some(true),
    }
}
