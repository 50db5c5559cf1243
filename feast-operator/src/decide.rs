//! Decides what to do from what is known.

use std::sync::Arc;

use feast_api::v1::FeatureStore;
use feast_api::{Admitted, ReadError};
use feast_render::{Inputs, ObjectRef, Rendered};
use k8s_openapi::api::apps::v1::Deployment;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use crate::PAUSED;
use crate::error::Error;
use crate::knowledge::Knowledge;
use crate::observed::Observed;
use feast_render::drift::{is_installed, is_settled};

/// The task of a pass over a FeatureStore.
#[derive(Debug)]
#[non_exhaustive]
pub enum Task {
    /// The FeatureStore is deleted: remove it from shared objects. Its metadata suffices for that.
    Withdraw(Box<ObjectMeta>),
    /// The FeatureStore is paused: leave it unchanged.
    Pause,
    /// The FeatureStore does not match its type: report that.
    Tell(ReadError),
    /// Create the FeatureStore's objects.
    Make(Box<Admitted>),
}

/// The task of a pass over a FeatureStore.
///
/// # Errors
///
/// It is not a valid object, or not one that an API server stores.
pub fn task(key: &ObjectRef, store: &Observed) -> Result<Task, Error> {
    let metadata = store.read_metadata()?;
    if metadata.deletion_timestamp.is_some() {
        return Ok(Task::Withdraw(Box::new(metadata)));
    }
    if is_paused(&metadata) {
        return Ok(Task::Pause);
    }
    Ok(match FeatureStore::from_value(store.value(key)?) {
        Ok(store) => Task::Make(Box::new(Admitted::assume(store)?)),
        Err(error) => Task::Tell(error),
    })
}

fn is_paused(metadata: &ObjectMeta) -> bool {
    let annotations = metadata.annotations.as_ref();
    annotations.is_some_and(|annotations| annotations.get(PAUSED).is_some_and(|it| it == "true"))
}

/// The state of a FeatureStore after all its objects were written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its Deployment was just created; nothing is known about it yet.
    New,
    /// Not enough of its pods are available.
    WaitsForPods,
    /// There is nothing to do until something changes.
    Rests,
}

/// The state of a FeatureStore with this rendering.
pub fn standing(given: &Inputs, rendered: &Rendered) -> Standing {
    let Some(deployment) = &rendered.plan.deployment else {
        return Standing::Rests;
    };
    let name = deployment.metadata.name.as_deref().unwrap_or_default();
    match given.live().deployment(given.store().namespace(), name) {
        None => Standing::New,
        Some(live) if waits_for_pods(live) => Standing::WaitsForPods,
        Some(_) => Standing::Rests,
    }
}

fn waits_for_pods(deployment: &Deployment) -> bool {
    let Some(status) = &deployment.status else {
        return false;
    };
    let conditions = status.conditions.as_deref().unwrap_or_default();
    let available = conditions
        .iter()
        .any(|condition| condition.type_ == "Available" && condition.status == "True");
    status.replicas.unwrap_or_default() > 0 && !available
}

/// Whether an object is up to date.
///
/// # Errors
///
/// An object in the cache is not valid.
pub fn is_current(known: &Knowledge, object: &ObjectRef, wanted: &Value) -> Result<bool, Error> {
    let Some(live) = known.objects.get(object) else {
        return Ok(false);
    };
    let is_taken = !live.adoptable || is_installed(wanted);
    let settled = is_taken && is_settled(&live.value(object)?, wanted);
    Ok(settled || known.answers.is_answer(object, wanted, &live))
}

/// Whether an object must be taken over from the reference operator.
pub fn is_to_adopt(known: &Knowledge, object: &ObjectRef) -> bool {
    let live = known.objects.get(object);
    live.is_some_and(|live| live.adoptable)
}

/// Whether this operator owns the replicas of a Deployment that an autoscaler now scales.
///
/// # Errors
///
/// An object in the cache is not valid.
pub fn is_to_leave_replicas(
    known: &Knowledge,
    object: &ObjectRef,
    wanted: &Value,
) -> Result<bool, Error> {
    if wanted["kind"] != "Deployment" || !wanted["spec"]["replicas"].is_null() {
        return Ok(false);
    }
    let Some(live) = known.objects.get(object) else {
        return Ok(false);
    };
    let live = live.value(object)?;
    let ours = &live["metadata"]["managedFields"][0];
    Ok(!ours["f:spec"]["f:replicas"].is_null())
}

/// Whether an object may be applied with force. An object that no watch reports lacks the
/// operator's label, so it belongs to someone else.
pub fn is_ours(known: &Knowledge, object: &ObjectRef) -> bool {
    known.objects.get(object).is_some() && !known.objects.is_stranger(object)
}

/// The object to delete; `None` if it is already gone or being deleted.
pub fn to_delete(known: &Knowledge, object: &ObjectRef) -> Option<Arc<Observed>> {
    let live = known.objects.get(object);
    live.filter(|live| !live.is_going())
}
