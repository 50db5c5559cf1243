//! What has to be done, by what is known.

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

/// What a pass over a FeatureStore is for.
#[derive(Debug)]
#[non_exhaustive]
pub enum Task {
    /// The FeatureStore is deleted: take it out of what it shared with others. Its metadata is
    /// enough for that.
    Withdraw(Box<ObjectMeta>),
    /// The FeatureStore is paused: leave it as it is.
    Pause,
    /// The FeatureStore does not fit its type: say so.
    Tell(ReadError),
    /// Make what the FeatureStore calls for.
    Make(Box<Admitted>),
}

/// What a pass over a FeatureStore is for.
///
/// # Errors
///
/// It is no object, or none that an API server stores.
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

/// How a FeatureStore stands after all that it calls for was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known of its Deployment yet, which has just been made.
    New,
    /// It has pods, but not enough of them are available.
    WaitsForPods,
    /// There is nothing to look at until something changes.
    Rests,
}

/// How a FeatureStore stands of which this was rendered.
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

/// Whether an object is as it should be.
///
/// # Errors
///
/// What was read is no object.
pub fn is_current(known: &Knowledge, object: &ObjectRef, wanted: &Value) -> Result<bool, Error> {
    let Some(live) = known.objects.get(object) else {
        return Ok(false);
    };
    let is_taken = !live.adoptable || is_installed(wanted);
    let settled = is_taken && is_settled(&live.value(object)?, wanted);
    Ok(settled || known.answers.is_answer(object, wanted, &live))
}

/// Whether an object is to be taken over from the reference operator.
pub fn is_to_adopt(known: &Knowledge, object: &ObjectRef) -> bool {
    let live = known.objects.get(object);
    live.is_some_and(|live| live.adoptable)
}

/// Whether the replicas of a Deployment, which an autoscaler now scales, are ours so far.
///
/// # Errors
///
/// What was read is no object.
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

/// Whether an object may be taken by force. What no watch tells of lacks the operator's label, and
/// is somebody else's.
pub fn is_ours(known: &Knowledge, object: &ObjectRef) -> bool {
    known.objects.get(object).is_some() && !known.objects.is_stranger(object)
}

/// The object to delete; `None` if it is gone, or goes as soon as nobody holds it.
pub fn to_delete(known: &Knowledge, object: &ObjectRef) -> Option<Arc<Observed>> {
    let live = known.objects.get(object);
    live.filter(|live| live.metadata().deletion_timestamp.is_none())
}
