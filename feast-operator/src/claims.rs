//! Claims that stay when their FeatureStore goes.
//!
//! Kubernetes collects what a FeatureStore owns, the claims that it has created included, and the data go
//! with them. Claims that are to stay are not owned.

use feast_api::v1::FeatureStore;
use feast_render::{ObjectRef, Patch, Plan};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference};
use kube::Resource;
use serde_json::json;

use crate::KEEP_CLAIMS;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::platform::is_claim;

/// What is asked for the claims of a FeatureStore.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// They stay when it goes, or no longer calls for them.
    Keep,
    /// They go with it, also those that were to stay before.
    Own,
    /// Those that it creates go with it, and those that were to stay still do.
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

/// Has a plan do what is asked for the claims of the FeatureStore with this metadata.
///
/// # Errors
///
/// A claim that was read is no object.
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

/// The claims that a FeatureStore has, and their metadata.
fn claims(known: &Knowledge, key: &ObjectRef) -> Result<Vec<(ObjectRef, ObjectMeta)>, Error> {
    let own = known.objects.labelled(key).into_iter();
    let claims = own.filter(|(object, _)| is_claim(object));
    let claims = claims.map(|(object, claim)| {
        let metadata = claim.read_metadata()?;
        Ok::<_, Error>((object, metadata))
    });
    claims.collect()
}

/// What makes a claim somebody's or nobody's, if it is to be.
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

/// The FeatureStore with this metadata as the one that controls an object.
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
