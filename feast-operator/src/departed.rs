//! FeatureStores that are gone, and what they shared with others.
//!
//! A [finalizer](crate::finalizer) keeps a FeatureStore until it is taken out of that. But whoever
//! replaces the object by a manifest without finalizers, or gives it up by hand, takes the finalizer
//! away, and then nobody asks the operator. So it looks by itself: when a FeatureStore goes, when it
//! begins, and now and then.

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

/// How often the operator looks for what nobody told it of.
const LOOK: Duration = Duration::from_secs(30 * 60);
/// When it tries again what failed.
const RETRY: Duration = Duration::from_secs(30);

/// Takes FeatureStores that are gone out of what they shared with others, for ever.
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

/// Waits for FeatureStores that go; `None` if nobody tells any more.
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

/// Takes these out; those of them for which that failed.
async fn left(context: &Context, gone: BTreeSet<ObjectRef>) -> BTreeSet<ObjectRef> {
    let gone = gone.into_iter().map(async |key| {
        let Err(error) = Box::pin(clean_up(context, &key)).await else {
            return None;
        };
        tracing::warn!(feature_store = %key, %error, "cleaning up is tried again");
        Some(key)
    });
    join_all(gone).await.into_iter().flatten().collect()
}

/// FeatureStores that shared objects tell of and that are not there.
pub(crate) fn departed(known: &Knowledge) -> BTreeSet<ObjectRef> {
    let is_gone =
        |key: &ObjectRef| known.looks_after(key.namespace.as_deref()) && !known.is_there(key);
    // One that is no ConfigMap is told of when somebody is to be entered in it.
    let listed = known.listed().unwrap_or_default();
    let bound = bindings(known).into_iter().map(|(_, store)| store);
    let stores = listed.directory.stores().chain(bound);
    stores.filter(is_gone).collect()
}

/// ClusterRoleBindings, and the FeatureStores to whose servers they give rights.
fn bindings(known: &Knowledge) -> Vec<(ObjectRef, ObjectRef)> {
    let (api_version, kind) = (ClusterRoleBinding::API_VERSION, ClusterRoleBinding::KIND);
    let bindings = known.objects.of_kind(api_version, kind, None).into_iter();
    let bound = bindings.filter_map(|(key, binding)| Some((key, bound(&binding.read().ok()?)?)));
    bound.collect()
}

/// Those that give rights to the servers of a FeatureStore: they have its label, and no namespace.
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

/// Takes a FeatureStore out, if it is gone indeed.
async fn clean_up(context: &Context, key: &ObjectRef) -> Result<(), Error> {
    let Context { known, hands } = context;
    if !known.configuration.finalizers || known.objects.get(key).is_some() {
        return Ok(());
    }
    // A watch may lag that would tell of a new one.
    let api = hands.api_of(key)?;
    let found = api.get_metadata_opt(&segment(&key.name)).await;
    if found.map_err(Error::request(key))?.is_some() {
        return Ok(());
    }
    Box::pin(take_out(context, gone(key))).await
}

/// The metadata of a FeatureStore that is gone.
pub(crate) fn gone(key: &ObjectRef) -> ObjectMeta {
    ObjectMeta {
        name: Some(key.name.clone()),
        namespace: key.namespace.clone(),
        deletion_timestamp: Some(now()),
        ..ObjectMeta::default()
    }
}

/// Takes the FeatureStore with this metadata out of what it shared with others. What it owned goes
/// with it.
///
/// # Errors
///
/// The API server refuses, or does not answer.
pub async fn take_out(context: &Context, metadata: ObjectMeta) -> Result<(), Error> {
    let plan = deletion(context, metadata).await?;
    let mut failures = Failures::default();
    // Whoever would be told of them is gone.
    let mut deeds = Deeds::default();
    failures.add(patch(context, &plan, &mut deeds).await)?;
    failures.add(share(context, plan.listing.as_ref()).await)?;
    failures.add(remove(context, &plan, &mut deeds).await)?;
    failures.end()
}

/// What has to be done to take the FeatureStore with this metadata out.
///
/// # Errors
///
/// The API server does not answer.
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
        // Of whatever name: those of the reference say no namespace, but whom they are for.
        let own = bindings_of(&context.known, &key).into_iter();
        let own = own.filter(|binding| !plan.deletions.contains(binding));
        let own: Vec<_> = own.collect();
        plan.deletions.extend(own);
    }
    Ok(plan)
}
