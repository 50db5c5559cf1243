//! Removes deleted FeatureStores from shared objects.
//!
//! A [finalizer](crate::finalizer) keeps a FeatureStore until it is removed from shared objects.
//! But anyone can drop the finalizer, by replacing the object with a manifest without finalizers or
//! by removing it by hand; then the API server does not wait for the operator. So the operator also
//! checks: when a FeatureStore is deleted, on startup, and periodically.

use std::collections::BTreeSet;
use std::time::Duration;

use feast_api::Admitted;
use feast_api::v1::{FeatureStore, FeatureStoreSpec};
use feast_render::{Correction, ObjectRef, Plan, bound, render_deletion};
use futures::channel::mpsc::UnboundedReceiver;
use futures::future::join_all;
use futures::{FutureExt, StreamExt};
use k8s_openapi::Resource;
use k8s_openapi::api::rbac::v1::ClusterRoleBinding;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use tokio::time::{Instant, timeout_at};

use crate::apply::{Failures, patch, remove};
use crate::claims;
use crate::context::Context;
use crate::deeds::Deeds;
use crate::dereference::{inputs, now};
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::segment::segment;
use crate::shared::share;
use crate::turn::Turn;

/// Interval of the periodic check.
const LOOK: Duration = Duration::from_secs(30 * 60);
/// Delay before failed clean-ups are retried.
const RETRY: Duration = Duration::from_secs(30);

/// Removes deleted FeatureStores from shared objects, forever.
pub async fn clean(context: &Context) {
    let mut told = context.hands.departures();
    let mut gone = BTreeSet::new();
    let mut look = Instant::now();
    loop {
        if look <= Instant::now() {
            gone.extend(departed(&context.known));
            look = Instant::now() + LOOK;
        }
        gone = left(context, gone).await;
        let again = Instant::now() + RETRY;
        let until = if gone.is_empty() {
            look
        } else {
            look.min(again)
        };
        if let Ok(None) = timeout_at(until, next(&mut told, &mut gone)).await {
            return;
        }
    }
}

/// Waits for FeatureStores that are deleted; `None` if no more will be reported.
async fn next(
    told: &mut UnboundedReceiver<ObjectRef>,
    gone: &mut BTreeSet<ObjectRef>,
) -> Option<()> {
    gone.insert(told.next().await?);
    while let Some(Some(key)) = told.next().now_or_never() {
        gone.insert(key);
    }
    Some(())
}

/// Cleans up these; returns those for which it failed.
async fn left(context: &Context, gone: BTreeSet<ObjectRef>) -> BTreeSet<ObjectRef> {
    let gone = gone.into_iter().map(async |key| {
        let Err(error) = Box::pin(clean_up(context, &key)).await else {
            return None;
        };
        tracing::warn!(feature_store = %key, %error, "clean-up will be retried");
        Some(key)
    });
    join_all(gone).await.into_iter().flatten().collect()
}

/// FeatureStores that shared objects mention but that do not exist.
pub(crate) fn departed(known: &Knowledge) -> BTreeSet<ObjectRef> {
    let is_gone =
        |key: &ObjectRef| known.looks_after(key.namespace.as_deref()) && !known.is_there(key);
    // Entering a FeatureStore reports invalid ConfigMaps.
    let listed = known.listed().unwrap_or_default();
    let bound = bindings(known).into_iter().map(|(_, store)| store);
    let stores = listed.directory.stores().chain(bound);
    stores.filter(is_gone).collect()
}

/// ClusterRoleBindings, with the FeatureStores whose servers they grant rights to.
fn bindings(known: &Knowledge) -> Vec<(ObjectRef, ObjectRef)> {
    let (api_version, kind) = (ClusterRoleBinding::API_VERSION, ClusterRoleBinding::KIND);
    let bindings = known.objects.of_kind(api_version, kind, None).into_iter();
    let bound = bindings.filter_map(|(key, binding)| Some((key, bound(&binding.read().ok()?)?)));
    bound.collect()
}

/// The ClusterRoleBindings of a FeatureStore: they have its label, and no namespace.
fn bindings_of(known: &Knowledge, key: &ObjectRef) -> Vec<ObjectRef> {
    let of_cluster = ObjectRef {
        namespace: None,
        ..key.clone()
    };
    let labelled = known.objects.labelled(&of_cluster).into_iter();
    let bindings = labelled.filter(|(object, _)| object.kind == ClusterRoleBinding::KIND);
    let own = bindings.filter(|(_, binding)| {
        let binding = binding.read::<ClusterRoleBinding>();
        binding.is_ok_and(|binding| bound(&binding).as_ref() == Some(key))
    });
    own.map(|(binding, _)| binding).collect()
}

/// Cleans up after a FeatureStore, if it really is gone.
async fn clean_up(context: &Context, key: &ObjectRef) -> Result<(), Error> {
    let Context { known, hands } = context;
    if !known.configuration.finalizers || known.objects.get(key).is_some() {
        return Ok(());
    }
    // Any number of FeatureStores may be deleted at once: limit the requests.
    let mut turn = hands.turns.begin().await;
    // The watch may not have reported a new one yet.
    let api = hands.api_of(key)?;
    let found = api.get_metadata_opt(&segment(&key.name)).await;
    if found.map_err(Error::request(key))?.is_some() {
        return Ok(());
    }
    Box::pin(take_out(context, gone(key), &mut turn)).await
}

/// The metadata of a deleted FeatureStore.
pub(crate) fn gone(key: &ObjectRef) -> ObjectMeta {
    ObjectMeta {
        name: Some(key.name.clone()),
        namespace: key.namespace.clone(),
        deletion_timestamp: Some(now()),
        ..ObjectMeta::default()
    }
}

/// Removes the FeatureStore with this metadata from shared objects, in the turn of an active pass.
/// Kubernetes deletes the objects it owns.
pub(crate) async fn take_out(
    context: &Context,
    metadata: ObjectMeta,
    turn: &mut Turn<'_>,
) -> Result<(), Error> {
    let plan = deletion(context, metadata).await?;
    let mut failures = Failures::default();
    // There is no FeatureStore left to attach events to.
    let mut deeds = Deeds::default();
    failures.add(patch(context, &plan, &mut deeds).await)?;
    let shared = Box::pin(share(context, plan.listing.as_ref()));
    failures.add(turn.wait(shared).await)?;
    failures.add(remove(context, &plan, &mut deeds).await)?;
    failures.end()
}

/// The plan for removing the FeatureStore with this metadata.
///
/// # Errors
///
/// The API server does not respond.
pub(crate) async fn deletion(context: &Context, metadata: ObjectMeta) -> Result<Plan, Error> {
    let mut store = FeatureStore::new("", FeatureStoreSpec::default());
    store.metadata = metadata;
    let given = inputs(context, Admitted::assume(store)?).await?;
    let mut plan = render_deletion(&given);
    let key = ObjectRef::new::<FeatureStore>(Some(given.store().namespace()), given.store().name());
    claims::settle(&context.known, &key, &given.store().metadata, &mut plan)?;
    if given
        .corrections()
        .contains(Correction::LeftoverClusterBindings)
    {
        // With any name: bindings of the reference do not have the namespace in their name, but in
        // their subject.
        let own = bindings_of(&context.known, &key).into_iter();
        let own = own.filter(|binding| !plan.deletions.contains(binding));
        let own: Vec<_> = own.collect();
        plan.deletions.extend(own);
    }
    Ok(plan)
}
